//! What a query may cost, bounded before anything is paid for it.
//!
//! The library counts fields while it walks a query with every fragment written out, so thirty fragments that each use
//! the next one twice are 2³⁰ walks. Here each fragment is walked once.

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, ServerError, ServerResult, Variables};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Largest text of a query. One with every field takes 2 KiB.
const TEXT_BYTES_MAX: usize = 16 << 10;
/// Brackets in brackets, where the parser calls itself for each. The query by which tools ask for the schema has 15.
const BRACKETS_MAX: usize = 64;
/// Selections, with every fragment written out. The query by which tools ask for the schema has 400.
const SELECTIONS_MAX: u64 = 4_000;
/// Questions in one query: each is a read of its own.
const QUESTIONS_MAX: u64 = 16;
/// Questions that read what a whole race has brought.
const LONG: [&str; 2] = ["laps", "timeline"];
/// How many of those.
const LONG_MAX: u64 = 4;

/// Why a query is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooCostly {
    #[error("a query has at most {TEXT_BYTES_MAX} bytes, this one {bytes}")]
    Long { bytes: usize },
    #[error("a query has at most {BRACKETS_MAX} brackets in each other")]
    Deep,
    #[error("a query selects at most {SELECTIONS_MAX} fields, with its fragments written out")]
    Wide,
    #[error("a query asks at most {QUESTIONS_MAX} questions: ask one after the other")]
    Questions,
    #[error("a query asks at most {LONG_MAX} times for {}: ask one after the other", LONG.join(" or "))]
    LongQuestions,
    #[error("a fragment uses itself")]
    Round,
}

/// What a selection comes to, written out.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    /// Of it and all below.
    selections: u64,
    /// Of its own level.
    questions: u64,
    /// Those among them that are [`LONG`].
    long: u64,
}

impl Weight {
    fn and(self, other: Weight) -> Weight {
        Weight {
            selections: self.selections.saturating_add(other.selections),
            questions: self.questions.saturating_add(other.questions),
            long: self.long.saturating_add(other.long),
        }
    }
}

/// Walks each fragment once.
struct Walk<'d> {
    document: &'d ExecutableDocument,
    /// `None` while it is walked.
    fragments: BTreeMap<&'d Name, Option<Weight>>,
}

impl<'d> Walk<'d> {
    fn weigh(&mut self, set: &'d SelectionSet) -> Result<Weight, TooCostly> {
        let mut weight = Weight::default();
        for item in &set.items {
            let more = match &item.node {
                Selection::Field(field) => {
                    let below = self.weigh(&field.node.selection_set.node)?.selections;
                    let long = LONG.contains(&field.node.name.node.as_str()).into();
                    Weight { selections: below.saturating_add(1), questions: 1, long }
                }
                Selection::InlineFragment(inline) => self.weigh(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
            };
            weight = weight.and(more);
        }
        Ok(weight)
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Weight, TooCostly> {
        // one that is not there is the library's to refuse
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Weight::default()) };
        match self.fragments.insert(name, None) {
            Some(None) => Err(TooCostly::Round),
            known => {
                let weight = match known.flatten() {
                    Some(weight) => weight,
                    None => self.weigh(&fragment.node.selection_set.node)?,
                };
                self.fragments.insert(name, Some(weight));
                Ok(weight)
            }
        }
    }
}

fn check(document: &ExecutableDocument) -> Result<(), TooCostly> {
    let mut walk = Walk { document, fragments: BTreeMap::new() };
    // whichever operation is asked for, and fragments that none uses, which the library walks too
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut selections: u64 = 0;
    for (is_operation, set) in operations.map(|set| (true, set)).chain(fragments.map(|set| (false, set))) {
        let weight = walk.weigh(set)?;
        selections = selections.saturating_add(weight.selections);
        if selections > SELECTIONS_MAX {
            return Err(TooCostly::Wide);
        }
        if is_operation && weight.questions > QUESTIONS_MAX {
            return Err(TooCostly::Questions);
        }
        if is_operation && weight.long > LONG_MAX {
            return Err(TooCostly::LongQuestions);
        }
    }
    Ok(())
}

/// Whether a text can be parsed without harm.
fn check_text(query: &str) -> Result<(), TooCostly> {
    if query.len() > TEXT_BYTES_MAX {
        return Err(TooCostly::Long { bytes: query.len() });
    }
    let (mut open, mut rest) = (0_usize, query.as_bytes());
    while let [next, ..] = rest {
        let mut passed = 1;
        match next {
            b'{' | b'[' | b'(' => open += 1,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'"' | b'#' => passed = without_brackets(rest),
            _ => {}
        }
        if open > BRACKETS_MAX {
            return Err(TooCostly::Deep);
        }
        rest = &rest[passed..];
    }
    Ok(())
}

/// How many bytes a string or a comment has, at the start of which a text stands: what it holds are no brackets.
fn without_brackets(text: &[u8]) -> usize {
    let (begins, ends): (usize, &[u8]) = match text {
        [b'"', b'"', b'"', ..] => (3, b"\"\"\""),
        [b'"', ..] => (1, b"\""),
        _ => (1, b"\n"),
    };
    let (is_comment, is_line) = (ends == b"\n", ends.len() == 1);
    let mut at = begins;
    while at < text.len() {
        match text[at] {
            // whatever comes next is the string's; in one of three quotes, only three quotes
            b'\\' if !is_comment && is_line => at += 1,
            b'\\' if !is_comment && text[at + 1..].starts_with(ends) => at += ends.len(),
            _ if text[at..].starts_with(ends) => return at + ends.len(),
            b'\n' if is_line => return at + 1, // a string that does not end is the parser's to refuse
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Refuses what costs too much, before the library looks at it.
pub(crate) struct CostGuard;

impl ExtensionFactory for CostGuard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(CostGuard)
    }
}

#[async_trait::async_trait]
impl Extension for CostGuard {
    async fn parse_query(
        &self,
        context: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let refused = |why: TooCostly| ServerError::new(why.to_string(), None);
        check_text(query).map_err(refused)?;
        // what the library does next already walks it written out; what cannot be parsed is its to refuse
        if let Ok(document) = parse_query(query) {
            check(&document).map_err(refused)?;
        }
        next.run(context, query, variables).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(query: &str) -> Result<(), TooCostly> {
        check(&parse_query(query).unwrap())
    }

    #[test]
    fn a_text_is_short_and_flat() {
        assert_eq!(check_text(&"{".repeat(64)), Ok(()));
        assert_eq!(check_text(&"[".repeat(65)), Err(TooCostly::Deep));
        assert_eq!(check_text(&"{ a }".repeat(1_000)), Ok(()));
        assert_eq!(check_text(&format!("{{ a(b: \"{}\") }} # {}", "{".repeat(99), "(".repeat(99))), Ok(()));
        // closing brackets in strings and comments close nothing, nor does what only looks like the end of one
        for hidden in [
            "{ a(b: \"}\") ",
            "{ a(b: \"\\\"}\") ",
            "{ a(b: \"\"\"\" } \\\"\"\" }\"\"\") ",
            "{ a(b: \"\"\" \\\"\"\"\"\"\"\"}\") ",
            "{ a(b: \"\"\" \\ \"\"\") ",
            "{ a # }\n",
        ] {
            assert_eq!(check_text(&hidden.repeat(65)), Err(TooCostly::Deep), "{hidden}");
            assert_eq!(check_text(&hidden.repeat(63)), Ok(()), "{hidden}");
        }
        let bytes = TEXT_BYTES_MAX + 1;
        assert_eq!(check_text(&" ".repeat(bytes)), Err(TooCostly::Long { bytes }));
    }

    #[test]
    fn what_a_query_comes_to_is_known_without_writing_it_out() {
        let doubling = |deep: usize| {
            let fragment = |n: usize| format!("fragment f{n} on Board {{ ...f{} ...f{} }} ", n + 1, n + 1);
            let all: String = (0..deep).map(fragment).collect();
            format!("{{ board {{ ...f0 }} }} {all} fragment f{deep} on Board {{ lap }}")
        };
        let times =
            |count: usize, what: &str| (0..count).map(|n| format!("a{n}: {what} ")).collect::<String>();
        for (what, query, expected) in [
            ("two questions", "{ board { lap } session { id } }".into(), Ok(())),
            (
                "a fragment used twice",
                "{ board { ...f } b: board { ...f } } fragment f on Board { lap }".into(),
                Ok(()),
            ),
            ("eight doublings", doubling(8), Ok(())),
            ("thirty doublings", doubling(30), Err(TooCostly::Wide)),
            ("sixty-five doublings, more than a number holds", doubling(65), Err(TooCostly::Wide)),
            (
                "one that uses itself",
                "{ board { ...f } } fragment f on Board { ...f }".into(),
                Err(TooCostly::Round),
            ),
            (
                "two that use each other",
                "{ board { ...f } } fragment f on Board { ...g } fragment g on Board { ...f }".into(),
                Err(TooCostly::Round),
            ),
            ("sixteen questions", format!("{{ {} }}", times(16, "board { lap }")), Ok(())),
            ("seventeen", format!("{{ {} }}", times(17, "board { lap }")), Err(TooCostly::Questions)),
            (
                "seventeen by a fragment",
                format!("{{ ...q }} fragment q on Query {{ {} }}", times(17, "board { lap }")),
                Err(TooCostly::Questions),
            ),
            ("four times laps", format!("{{ {} }}", times(4, "laps { lap }")), Ok(())),
            ("five times laps", format!("{{ {} }}", times(5, "laps { lap }")), Err(TooCostly::LongQuestions)),
            ("names of types", format!("{{ {} }}", times(5_000, "__typename")), Err(TooCostly::Wide)),
            ("not there", "{ board { ...none } }".into(), Ok(())),
        ] {
            assert_eq!(checked(&query), expected, "{what}");
        }
    }
}
