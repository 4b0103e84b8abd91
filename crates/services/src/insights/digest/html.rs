//! The digest as e-mail: one table of fixed width, inline styles, no script, no picture; readable in plain light colours everywhere.

use slipway_api_types::{
    digest::{Digest, DigestChange, DigestItem},
    insights::Verdict,
};

const TEXT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;color:#1c1d26";
const MUTED: &str = "font-size:12px;line-height:18px;color:#585a68";
const HEAD: &str = "margin:0;padding:20px 0 6px;font-size:16px;line-height:22px;font-weight:600";
const CELL: &str = "padding:6px 12px 6px 0;border-top:1px solid #e3e3e9;vertical-align:top";
const LINK: &str = "color:#3f3fb5";

/// A whole document. Links lead to the instance at `public_url`.
#[must_use]
pub fn document(digest: &Digest, public_url: &str) -> String {
    let subject = subject(digest);
    let sub = format!(
        "{} up to {} (not included), {}, against the days of equal number before. Definition {}.",
        digest.from, digest.to, digest.zone, digest.definition
    );
    let mut body = format!(
        "<h1 style=\"margin:0;font-size:20px;line-height:28px;font-weight:600\">{}</h1><p style=\"margin:0;{MUTED}\">{}</p>",
        escape(&subject),
        escape(&sub)
    );
    body.push_str(&section("What changed", &changes(digest, public_url)));
    let suggestion = format!(
        "<p style=\"margin:0\">{} {}</p>",
        escape(&digest.suggestion),
        link(public_url, &digest.suggestion_href, "Look at it")
    );
    body.push_str(&section("One suggestion", &suggestion));
    body.push_str(&section("What waits", &waiting(&digest.waiting, public_url)));
    body.push_str(&section("The five metrics", &figures(digest)));
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title></head><body style=\"margin:0;padding:0;background:#f6f6f9\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"border-collapse:collapse\"><tr><td align=\"center\" style=\"padding:24px 12px\"><table role=\"presentation\" width=\"640\" cellpadding=\"0\" \
         cellspacing=\"0\" style=\"width:100%;max-width:640px;border-collapse:collapse;background:#ffffff\"><tr><td style=\"padding:24px;{TEXT}\">{body}</td></tr></table>\
         </td></tr></table></body></html>",
        escape(&subject)
    )
}

/// What stands over it, and in the subject of a mail.
#[must_use]
pub fn subject(digest: &Digest) -> String {
    let week = if digest.week.is_empty() { String::new() } else { format!(", week {}", digest.week) };
    format!("Delivery of {}{week}", digest.scope)
}

fn section(title: &str, content: &str) -> String {
    format!("<h2 style=\"{HEAD}\">{title}</h2>{content}")
}

fn changes(digest: &Digest, public_url: &str) -> String {
    if digest.changes.is_empty() {
        return format!(
            "<p style=\"margin:0\">None of {} differences is more than chance would make.</p>",
            digest.compared
        );
    }
    let row = |change: &DigestChange| {
        let (colour, word) =
            if change.verdict == Verdict::Worse { ("#a8251f", "Worse") } else { ("#1f6b3a", "Better") };
        format!(
            "<tr><td style=\"{CELL}\"><strong style=\"color:{colour}\">{word}</strong></td><td style=\"{CELL};padding-right:0\">{}: {}<br>\
             {} now, {} before<br><span style=\"{MUTED}\">{} ({})</span></td></tr>",
            escape(&change.of),
            link(public_url, &change.href, &change.metric),
            escape(&change.now),
            escape(&change.before),
            escape(&change.difference),
            escape(&change.interval),
        )
    };
    let rows: String = digest.changes.iter().map(row).collect();
    let note = format!("The most certain of {} differences that were looked at.", digest.compared);
    format!("{}<p style=\"margin:6px 0 0;{MUTED}\">{note}</p>", table(&rows))
}

fn waiting(items: &[DigestItem], public_url: &str) -> String {
    if items.is_empty() {
        return "<p style=\"margin:0\">Nothing waits.</p>".to_owned();
    }
    let row = |item: &DigestItem| {
        let title = link(public_url, &item.href, &item.title);
        format!(
            "<tr><td style=\"{CELL};padding-right:0\">{title}<br><span style=\"{MUTED}\">{}</span></td></tr>",
            escape(&item.words)
        )
    };
    table(&items.iter().map(row).collect::<String>())
}

fn figures(digest: &Digest) -> String {
    let row = |(name, value): &(String, String)| {
        format!(
            "<tr><td style=\"{CELL}\">{}</td><td style=\"{CELL};padding-right:0;text-align:right\">{}</td></tr>",
            escape(name),
            escape(value)
        )
    };
    table(&digest.figures.iter().map(row).collect::<String>())
}

fn table(rows: &str) -> String {
    format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse:collapse;{TEXT}\">{rows}</table>"
    )
}

fn link(public_url: &str, href: &str, words: &str) -> String {
    format!("<a href=\"{}{}\" style=\"{LINK}\">{}</a>", escape(public_url), escape(href), escape(words))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest() -> Digest {
        Digest {
            scope: "Payments & <Co>".to_owned(),
            owner: "group:default/payments".to_owned(),
            week: "2026-W46".to_owned(),
            from: "2026-10-19".to_owned(),
            to: "2026-11-16".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            figures: vec![("Change lead time".to_owned(), "18 h".to_owned())],
            changes: vec![DigestChange {
                of: "checkout-api".to_owned(),
                metric: "Change fail rate".to_owned(),
                now: "31 % (9 of 29)".to_owned(),
                before: "6 % (2 of 34)".to_owned(),
                difference: "+25 points".to_owned(),
                interval: "95 %: +6 to +44 points".to_owned(),
                verdict: Verdict::Worse,
                href: "/insights?service=checkout-api&explain=change-fail-rate#explain".to_owned(),
            }],
            compared: 40,
            suggestion: "Go through the failed deployments of checkout-api.".to_owned(),
            suggestion_href: "/insights?service=checkout-api".to_owned(),
            waiting: vec![DigestItem {
                title: "ledger v12 to production".to_owned(),
                words: "Rolling out, stuck in it for 40 min".to_owned(),
                href: "/deployments/1".to_owned(),
            }],
            definition: "dora-idp/1".to_owned(),
        }
    }

    #[test]
    fn the_mail_is_as_it_was_looked_at() {
        let html = document(&digest(), "https://slipway.example");
        assert_eq!(html, include_str!("golden.html").trim_end());
        assert!(!html.contains("<script") && !html.contains("<style") && !html.contains("<Co>"));
    }

    #[test]
    fn where_nothing_moved_and_nothing_waits_it_says_so() {
        let html = document(&Digest { changes: Vec::new(), waiting: Vec::new(), ..digest() }, "");
        assert!(html.contains("None of 40 differences is more than chance would make."));
        assert!(html.contains("Nothing waits."));
    }
}
