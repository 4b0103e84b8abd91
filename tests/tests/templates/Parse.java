import com.sun.source.util.JavacTask;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** Reads every Java file below a folder, and ends with what is wrong in them. Needs no library they import. */
class Parse {
    public static void main(String[] arguments) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        try (var manager = compiler.getStandardFileManager(found, null, null);
                var paths = Files.walk(Path.of(arguments[0]))) {
            var files = paths.filter(path -> path.toString().endsWith(".java")).toList();
            if (files.isEmpty()) {
                throw new IllegalStateException("there is no Java below " + arguments[0]);
            }
            var task = compiler.getTask(null, manager, found, null, null, manager.getJavaFileObjectsFromPaths(files));
            ((JavacTask) task).parse();
        }
        found.getDiagnostics().forEach(System.err::println);
        System.exit(found.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
