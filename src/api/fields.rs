//! The types that members of a request have, each reading JSON as AWS does.
//!
//! A member of the wrong JSON type is refused in AWS's words (fact sheet 1.4), and never with the value itself.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::constraints::{Present, Structure, Value};
use crate::sensitive::Sensitive;

/// Begins the text of every error made here, to tell it from serde's own, which may quote a value.
pub(super) const MARK: &str = "SerializationException: ";

fn refused<E: Error>(text: impl fmt::Display) -> E {
    E::custom(format_args!("{MARK}{text}"))
}

/// A member that holds one value. A conversion gives `None` where AWS does not convert.
trait Scalar: Sized {
    /// The type's name in AWS's sentence.
    const TYPE: &'static str;

    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    fn from_number(_number: i64) -> Option<Self> {
        None
    }

    fn from_flag(_flag: bool) -> Option<Self> {
        None
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: Scalar> ScalarVisitor<T> {
    fn converted<E: Error>(token: &str, converted: Option<T>) -> Result<T, E> {
        let article = if T::TYPE.starts_with('I') { "an" } else { "a" };
        converted.ok_or_else(|| {
            refused(format_args!(
                "{token} can not be converted to {article} {}",
                T::TYPE
            ))
        })
    }
}

impl<'de, T: Scalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::TYPE)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Self::converted("STRING_VALUE", T::from_text(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Self::converted("NUMBER_VALUE", T::from_number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let number = i64::try_from(number).ok().and_then(T::from_number);
        Self::converted("NUMBER_VALUE", number)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Self::converted("NUMBER_VALUE", None)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        let token = if flag { "TRUE_VALUE" } else { "FALSE_VALUE" };
        Self::converted(token, T::from_flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(refused("Start of list found where not expected"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(refused(
            "Start of structure or map found where not expected.",
        ))
    }
}

/// Declares a member type and how it reads JSON.
macro_rules! scalar {
    ($(#[$doc:meta])* $name:ident($inner:ty), $aws:literal, { $($convert:item)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Scalar for $name {
            const TYPE: &'static str = $aws;
            $($convert)*
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(ScalarVisitor(PhantomData))
            }
        }
    };
}

scalar!(
    /// A string.
    Text(String), "String", {
        fn from_text(text: &str) -> Option<Self> {
            Some(Self(text.to_owned()))
        }
    }
);

scalar!(
    /// A string that must not be shown.
    SecretText(Sensitive<String>), "String", {
        fn from_text(text: &str) -> Option<Self> {
            Some(Self(Sensitive::new(text.to_owned())))
        }
    }
);

scalar!(
    /// A boolean.
    Flag(bool), "Boolean", {
        fn from_flag(flag: bool) -> Option<Self> {
            Some(Self(flag))
        }
    }
);

scalar!(
    /// A 32-bit number.
    Integer(i32), "Integer", {
        fn from_number(number: i64) -> Option<Self> {
            number.try_into().ok().map(Self)
        }
    }
);

scalar!(
    /// A 64-bit number.
    Long(i64), "Long", {
        fn from_number(number: i64) -> Option<Self> {
            Some(Self(number))
        }
    }
);

/// Text values by text keys, in the order of their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextMap(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor;

        fn not_a_map<T, E: Error>() -> Result<T, E> {
            Err(refused("Expected map or null"))
        }

        impl<'de> Visitor<'de> for MapVisitor {
            type Value = TextMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<TextMap, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, Text(value))) = given.next_entry()? {
                    map.insert(key, value);
                }
                Ok(TextMap(map))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<TextMap, A::Error> {
                not_a_map()
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<TextMap, E> {
                not_a_map()
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<TextMap, E> {
                not_a_map()
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<TextMap, E> {
                not_a_map()
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<TextMap, E> {
                not_a_map()
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<TextMap, E> {
                not_a_map()
            }
        }

        deserializer.deserialize_any(MapVisitor)
    }
}

/// Bytes that may be shown, base64 in JSON (fact sheet 1.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Scalar for Blob {
    const TYPE: &'static str = "Blob";

    fn from_text(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

/// Bytes that must not be shown, base64 in JSON (fact sheet 1.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretBlob(pub Sensitive<Vec<u8>>);

impl Scalar for SecretBlob {
    const TYPE: &'static str = "Blob";

    fn from_text(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        Some(Self(Sensitive::new(bytes)))
    }
}

impl<'de> Deserialize<'de> for SecretBlob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<List<T>, A::Error> {
                Err(refused("Expected list or null"))
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<List<T>, E> {
                Err(refused("Expected list or null"))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<List<T>, E> {
                Err(refused("Expected list or null"))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<List<T>, E> {
                Err(refused("Expected list or null"))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<List<T>, E> {
                Err(refused("Expected list or null"))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<List<T>, E> {
                Err(refused("Expected list or null"))
            }
        }

        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// A structure, from a JSON object and nothing else. (A derived implementation alone would also read an array.)
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// A member that a request must have. Constraints are checked before an operation runs, so an operation reads the
/// value; a missing one would read as its type's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required<T> {
    value: T,
    present: bool,
}

impl<T: Default> Default for Required<T> {
    fn default() -> Self {
        Self {
            value: T::default(),
            present: false,
        }
    }
}

impl<T> Deref for Required<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Required<T> {
    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<'de, T: Default + Deserialize<'de>> Deserialize<'de> for Required<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Option::<T>::deserialize(deserializer)?;
        let present = given.is_some();
        Ok(Self {
            value: given.unwrap_or_default(),
            present,
        })
    }
}

impl Present for Text {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl Present for SecretText {
    fn value(&self) -> Value<'_> {
        Value::Text(self.0.expose())
    }
}

impl Present for SecretBlob {
    fn value(&self) -> Value<'_> {
        Value::Blob(self.0.expose().len())
    }
}

impl Present for Blob {
    fn value(&self) -> Value<'_> {
        Value::Blob(self.0.len())
    }
}

impl Present for TextMap {
    fn value(&self) -> Value<'_> {
        Value::Map
    }
}

impl Present for Flag {
    fn value(&self) -> Value<'_> {
        Value::Flag
    }
}

impl Present for Integer {
    fn value(&self) -> Value<'_> {
        Value::Number(self.0.into())
    }
}

impl Present for Long {
    fn value(&self) -> Value<'_> {
        Value::Number(self.0)
    }
}

impl<T: Present> Present for List<T> {
    fn value(&self) -> Value<'_> {
        Value::List(self.0.iter().map(Present::value).collect())
    }
}

impl<T: Structure> Present for Object<T> {
    fn value(&self) -> Value<'_> {
        Value::Structure(&self.0)
    }
}

impl<T: Present> Present for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, Present::value)
    }
}

impl<T: Present> Present for Required<T> {
    fn value(&self) -> Value<'_> {
        if self.present {
            self.value.value()
        } else {
            Value::Absent
        }
    }
}
