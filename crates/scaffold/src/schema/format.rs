//! `format`: the ones people write in templates. A format that is not known allows everything.

pub(super) fn fits(format: &str, text: &str) -> bool {
    let pattern = match format {
        "email" => r"^[^\s@]+@[^\s@]+$",
        "uri" | "url" => r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$",
        "date" => r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        "date-time" => {
            r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d|:60)?(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$"
        }
        "time" => r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d|:60)?",
        "ipv4" | "ip-address" => return text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => return text.parse::<std::net::Ipv6Addr>().is_ok(),
        "hostname" | "host-name" => {
            r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
        }
        "regex" => return fancy_regex::Regex::new(text).is_ok(),
        _ => return true,
    };
    super::matches(pattern, text).unwrap_or(true)
}
