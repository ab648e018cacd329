//! GraphQL, subscriptions and the pages.
