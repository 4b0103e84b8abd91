//! Tarnfell Outfitters, a shop for tents and boots that does not exist: its teams, people and landscape.

/// The organisation's name, for people.
pub(super) const NAME: &str = "Tarnfell Outfitters";
/// The organisation's name, for machines.
pub(super) const SLUG: &str = "tarnfell";

/// A team and how it works.
#[derive(Debug)]
pub(super) struct Team {
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub system: &'static str,
    /// Deployments to production in an ordinary week, per service.
    pub per_week: f64,
    /// Median hours from a change's first commit to the opening of its pull request.
    pub coding_hours: f64,
    /// Median hours from there to the merge.
    pub review_hours: f64,
    /// How often a deployment to production fails.
    pub fails: f64,
    /// Median minutes from noticing a failure to recovering from it.
    pub recovery_minutes: f64,
}

pub(super) const TEAMS: [Team; 6] = [
    Team {
        name: "payments",
        title: "Payments",
        description: "Takes money, pays it back and books it.",
        system: "checkout",
        per_week: 4.0,
        coding_hours: 7.0,
        review_hours: 3.0,
        fails: 0.06,
        recovery_minutes: 26.0,
    },
    Team {
        name: "storefront",
        title: "Storefront",
        description: "Everything a customer sees before paying.",
        system: "storefront",
        per_week: 5.5,
        coding_hours: 5.0,
        review_hours: 2.0,
        fails: 0.10,
        recovery_minutes: 19.0,
    },
    Team {
        name: "fulfilment",
        title: "Fulfilment",
        description: "From the order to the doorstep, and back again.",
        system: "fulfilment",
        per_week: 2.0,
        coding_hours: 22.0,
        review_hours: 14.0,
        fails: 0.15,
        recovery_minutes: 95.0,
    },
    Team {
        name: "customers",
        title: "Customer Accounts",
        description: "Who our customers are and what they agreed to.",
        system: "customer-accounts",
        per_week: 3.0,
        coding_hours: 11.0,
        review_hours: 6.0,
        fails: 0.08,
        recovery_minutes: 42.0,
    },
    Team {
        name: "data",
        title: "Data and Insight",
        description: "Numbers that the rest of us decide on.",
        system: "insight",
        per_week: 1.6,
        coding_hours: 30.0,
        review_hours: 20.0,
        fails: 0.12,
        recovery_minutes: 140.0,
    },
    Team {
        name: "platform",
        title: "Platform",
        description: "The ground that the other teams build on.",
        system: "platform",
        per_week: 3.2,
        coding_hours: 8.0,
        review_hours: 4.0,
        fails: 0.05,
        recovery_minutes: 32.0,
    },
];

/// Login, name, team (empty for nobody's).
pub(super) const PEOPLE: [(&str, &str, &str); 22] = [
    ("ada", "Ada Okafor", "platform"),
    ("lena", "Lena Fischer", "payments"),
    ("dev", "Devi Raman", "payments"),
    ("vic", "Victor Sand", ""),
    ("marek", "Marek Dudek", "payments"),
    ("ines", "Inês Caldeira", "payments"),
    ("tomas", "Tomás Arriaga", "storefront"),
    ("yuki", "Yuki Aramaki", "storefront"),
    ("saoirse", "Saoirse Nolan", "storefront"),
    ("bram", "Bram Verhulst", "storefront"),
    ("hanna", "Hanna Lindqvist", "fulfilment"),
    ("oskar", "Oskar Brandvold", "fulfilment"),
    ("priya", "Priya Menon", "fulfilment"),
    ("felix", "Felix Amsel", "customers"),
    ("noor", "Noor Haddad", "customers"),
    ("giulia", "Giulia Ferrante", "customers"),
    ("samir", "Samir Belkacem", "data"),
    ("wanda", "Wanda Kowal", "data"),
    ("jonas", "Jonas Thorsen", "data"),
    ("kofi", "Kofi Asante", "platform"),
    ("mila", "Mila Horvat", "platform"),
    ("ruben", "Ruben Castelo", "platform"),
];

/// The given names of a team's people, as they stand in a history.
pub(super) fn names_of(team: &str) -> Vec<&'static str> {
    PEOPLE.iter().filter(|(_, _, other)| *other == team).map(|(_, name, _)| *name).collect()
}

/// Name, title, description, owner.
pub(super) const DOMAINS: [(&str, &str, &str, &str); 2] = [
    ("commerce", "Commerce", "What customers see, choose and pay.", "storefront"),
    ("operations", "Operations", "What happens behind the counter.", "fulfilment"),
];

/// Name, title, description, owner, domain.
pub(super) const SYSTEMS: [(&str, &str, &str, &str, &str); 6] = [
    ("checkout", "Checkout", "From basket to booked payment.", "payments", "commerce"),
    ("storefront", "Storefront", "The shop itself: pages, search, prices.", "storefront", "commerce"),
    ("customer-accounts", "Customer accounts", "Sign-in, profiles, consent, loyalty.", "customers", "commerce"),
    ("fulfilment", "Fulfilment", "Orders, warehouses, couriers, returns.", "fulfilment", "operations"),
    ("insight", "Insight", "Events, reports and forecasts.", "data", "operations"),
    ("platform", "Platform", "Gateways, configuration and shared tools.", "platform", "operations"),
];

/// Name, type, title, description, the service that provides it.
pub(super) const APIS: [(&str, &str, &str, &str, &str); 12] = [
    ("checkout", "openapi", "Checkout API", "Places orders.", "checkout-api"),
    ("payment-intents", "openapi", "Payment intents", "Authorises, captures and cancels payments.", "payment-gateway"),
    ("refunds", "openapi", "Refunds", "Pays money back.", "refund-service"),
    ("ledger-entries", "grpc", "Ledger entries", "Books what happened, once.", "ledger"),
    ("catalogue", "graphql", "Catalogue", "Products, variants and pictures.", "product-catalog"),
    ("search", "openapi", "Search", "Finds products by words and filters.", "search-api"),
    ("prices", "grpc", "Prices", "What something costs, here and now.", "price-engine"),
    ("orders", "openapi", "Orders", "An order's way through the warehouses.", "order-router"),
    ("shipping", "openapi", "Shipping rates", "Couriers, times and prices for a parcel.", "shipping-rates"),
    ("profiles", "openapi", "Profiles", "Who a customer is.", "profile-api"),
    ("shop-events", "asyncapi", "Shop events", "What happens in the shop, as a stream.", "event-collector"),
    ("flags", "openapi", "Feature flags", "Which features are on for whom.", "feature-flags"),
];

/// Name, type, description, owner, system.
pub(super) const RESOURCES: [(&str, &str, &str, &str, &str); 10] = [
    ("checkout-db", "database", "PostgreSQL: orders being placed.", "payments", "checkout"),
    ("ledger-db", "database", "PostgreSQL: the books.", "payments", "checkout"),
    ("payment-events", "queue", "What the payment providers tell.", "payments", "checkout"),
    ("catalogue-db", "database", "PostgreSQL: products and variants.", "storefront", "storefront"),
    ("search-index", "search-index", "OpenSearch: what can be found.", "storefront", "storefront"),
    ("product-pictures", "s3-bucket", "Pictures in every size.", "platform", "platform"),
    ("orders-db", "database", "PostgreSQL: orders and parcels.", "fulfilment", "fulfilment"),
    ("order-events", "queue", "What happens to an order.", "fulfilment", "fulfilment"),
    ("customer-db", "database", "PostgreSQL: profiles and consents.", "customers", "customer-accounts"),
    ("event-lake", "s3-bucket", "Every event of the shop, by day.", "data", "insight"),
];

/// The team of a name in [`TEAMS`].
pub(super) fn team(name: &str) -> &'static Team {
    TEAMS.iter().find(|team| team.name == name).unwrap_or(&TEAMS[0])
}
