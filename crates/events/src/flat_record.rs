//! Records that are groups in memory and one flat line where they are written, declared once.

/// Declares a record once: its keys, and groups of fields, which are structs of their own in memory and all lie side by
/// side where the record is written, in this order, each under the name that follows `as`.
///
/// A reader takes what is missing there, but for the keys, to be unknown. What `serde(flatten)` does at run time, two
/// mirrors of the record do here at compile time: to be written as fast as a plain struct, and in formats without names.
macro_rules! flat_record {
    (
        $(#[$about:meta])*
        pub struct $Record:ident {
            $( $(#[$key_doc:meta])* $key:ident: $Key:ty, )*
        }
        $(
            $(#[$group_doc:meta])*
            $group:ident: $Group:ident {
                $( $(#[$doc:meta])* $field:ident as $wire:ident: $Field:ty, )*
            }
            $( + { $(#[$plain_doc:meta])* $plain:ident: $Plain:ty, } )?
        )*
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Record {
            $( $(#[$key_doc])* pub $key: $Key, )*
            $(
                $(#[$group_doc])* pub $group: $Group,
                $( $(#[$plain_doc])* pub $plain: $Plain, )?
            )*
        }

        $(
            $(#[$group_doc])*
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct $Group {
                $( $(#[$doc])* pub $field: $Field, )*
            }
        )*

        impl $Record {
            /// The names under which it is written, in order.
            pub const FIELDS: &[&str] = &[
                $( stringify!($key), )*
                $( $( stringify!($wire), )* $( stringify!($plain), )? )*
            ];
        }

        impl Serialize for $Record {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                struct FlatRef<'a> {
                    $( $key: &'a $Key, )*
                    $( $( $wire: &'a $Field, )* $( $plain: &'a $Plain, )? )*
                }
                FlatRef {
                    $( $key: &self.$key, )*
                    $( $( $wire: &self.$group.$field, )* $( $plain: &self.$plain, )? )*
                }
                .serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $Record {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                struct Read {
                    $( $key: $Key, )*
                    $( $( #[serde(default)] $wire: $Field, )* $( #[serde(default)] $plain: $Plain, )? )*
                }
                let read = Read::deserialize(deserializer)?;
                Ok($Record {
                    $( $key: read.$key, )*
                    $( $group: $Group { $( $field: read.$wire, )* }, $( $plain: read.$plain, )? )*
                })
            }
        }
    };
}

pub(crate) use flat_record;
