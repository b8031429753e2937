//! Probes generated from the service model: for every constrained member one value just inside and one just outside.

use secretstack::api::TABLE;
use serde_json::{Value, json};

use crate::support::service_model::{Model, of};
use crate::support::{ACCOUNT, REGION, Server, version_id};

/// A value for one member of a request, and whether it keeps the member's constraints.
#[derive(Debug)]
struct Probe {
    /// The member as AWS's sentence names it.
    place: String,
    value: Value,
    inside: bool,
}

/// Fact 7: filters 10, values per filter 10, value ≤512
#[tokio::test]
async fn every_constraint_holds_at_its_boundary() {
    let server = Server::start().await;
    let mut count = 0;
    let client = server.client(ACCOUNT, REGION);
    for entry in TABLE {
        let Some(model) = of(entry.service) else {
            continue;
        };
        let input = model.shape_of(&model.operation(entry.name)["input"]);
        for (member, reference) in input["members"].as_object().expect("members") {
            let mut probes = Vec::new();
            let shape = model.shape_of(reference);
            collect(model, &lower_camel(member), shape, &mut probes);
            for probe in probes {
                let request = request_with(model, input, member, &probe.value);
                let answer = client.call_service(model, entry.name, request).await;
                check(entry.name, &probe, &answer.text);
                assert!(answer.status == 200 || answer.status == 400);
                count += 1;
            }
        }
    }
    assert!(count > 500, "only {count} probes were generated");
}

#[track_caller]
fn check(operation: &str, probe: &Probe, answer: &str) {
    let violation = format!(" at '{}' failed to satisfy constraint: ", probe.place);
    let is_refused = answer.contains("ValidationException") && answer.contains(&violation);
    let what = format!("{operation} {} {}", probe.place, shortened(&probe.value));
    assert_eq!(is_refused, !probe.inside, "{what}: {answer}");
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

/// Adds probes for a shape and all that is in it.
fn collect(model: &Model, place: &str, shape: &Value, probes: &mut Vec<Probe>) {
    let mut add = |value: Value, inside: bool| {
        probes.push(Probe {
            place: place.to_owned(),
            value,
            inside,
        });
    };
    let min = shape["min"].as_i64();
    let max = shape["max"].as_i64();
    match shape["type"].as_str().expect("a type") {
        "string" => {
            if let Some(values) = shape["enum"].as_array() {
                for value in values {
                    add(value.clone(), true);
                }
                add(json!("nonsense"), false);
            }
            for (length, inside) in lengths(min, max) {
                if let Some(text) = text_of(shape, length) {
                    add(json!(text), inside);
                }
            }
            if shape.get("pattern").is_some() {
                // No pattern goes beyond Latin-1.
                add(json!("Ā".repeat(length_inside(shape))), false);
            }
        }
        "blob" => {
            for (length, inside) in lengths(min, max) {
                use base64::Engine as _;
                let bytes = vec![0; length];
                let text = base64::engine::general_purpose::STANDARD.encode(bytes);
                add(json!(text), inside);
            }
        }
        "integer" | "long" => {
            for (number, inside) in [
                (min, true),
                (max, true),
                (min.map(|min| min - 1), false),
                (max.map(|max| max + 1), false),
            ] {
                if let Some(number) = number {
                    add(json!(number), inside);
                }
            }
        }
        "list" => {
            let item = model.shape_of(&shape["member"]);
            for (length, inside) in lengths(min, max) {
                let items: Vec<_> = (0..length).map(|n| valid(model, item, n)).collect();
                add(json!(items), inside);
            }
            let of_strings = item["type"] == "string";
            let item_place = if of_strings {
                place.to_owned()
            } else {
                format!("{place}.1.member")
            };
            let mut of_item = Vec::new();
            collect(model, &item_place, item, &mut of_item);
            probes.extend(of_item.into_iter().map(|probe| Probe {
                value: json!([probe.value]),
                ..probe
            }));
        }
        "structure" => {
            for (name, reference) in shape["members"].as_object().expect("members") {
                let place = format!("{place}.{}", lower_camel(name));
                let mut of_member = Vec::new();
                collect(model, &place, model.shape_of(reference), &mut of_member);
                probes.extend(of_member.into_iter().map(|probe| {
                    let mut structure = valid(model, shape, 0);
                    structure[name] = probe.value;
                    Probe {
                        value: structure,
                        ..probe
                    }
                }));
            }
        }
        _ => {}
    }
}

/// The lengths at both boundaries and beyond them.
fn lengths(min: Option<i64>, max: Option<i64>) -> Vec<(usize, bool)> {
    let beyond = |bound: Option<i64>, by: i64| bound.map(|bound| bound + by);
    [
        (min, true),
        (max, true),
        (beyond(min, -1), false),
        (beyond(max, 1), false),
    ]
    .into_iter()
    .filter_map(|(length, inside)| Some((usize::try_from(length?).ok()?, inside)))
    .collect()
}

fn length_inside(shape: &Value) -> usize {
    let min = shape["min"].as_u64().unwrap_or(0).max(1);
    usize::try_from(min).unwrap()
}

/// A text of a length that keeps the shape's pattern, if there is one.
fn text_of(shape: &Value, length: usize) -> Option<String> {
    if shape["pattern"] == "[0-9]+h" {
        let digits = length.checked_sub(1).filter(|digits| *digits > 0);
        return digits.map(|digits| format!("{}h", "1".repeat(digits)));
    }
    if !is_region(shape) {
        return Some("a".repeat(length));
    }
    let digits = length.checked_sub(2).filter(|digits| *digits > 0);
    digits.map(|digits| format!("a-{}", "1".repeat(digits)))
}

fn is_region(shape: &Value) -> bool {
    shape["pattern"]
        .as_str()
        .is_some_and(|pattern| pattern.contains(r"-)+\d"))
}

/// Some value that keeps a shape's constraints; `n` tells one from another.
fn valid(model: &Model, shape: &Value, n: usize) -> Value {
    match shape["type"].as_str().expect("a type") {
        "string" => match shape["enum"].as_array() {
            Some(values) => values[0].clone(),
            None if is_region(shape) => json!(format!("aa-bb-{n}")),
            None => json!(format!("{n:0>width$}", width = length_inside(shape))),
        },
        "list" => json!([valid(model, model.shape_of(&shape["member"]), 0)]),
        "structure" => {
            let members = shape["members"].as_object().expect("members");
            members
                .iter()
                .map(|(name, reference)| (name.clone(), valid(model, model.shape_of(reference), n)))
                .collect()
        }
        "blob" => json!("YQ=="),
        "integer" | "long" => json!(shape["min"].as_i64().unwrap_or(1)),
        kind => panic!("no value of type {kind} is needed"),
    }
}

/// A request that is valid but for the value of one member.
fn request_with(model: &Model, input: &Value, member: &str, value: &Value) -> Value {
    let members = input["members"].as_object().expect("members");
    let mut request = json!({});
    let required = input["required"].as_array().into_iter().flatten();
    for name in required.map(|name| name.as_str().expect("a name")) {
        request[name] = valid(model, model.shape_of(&members[name]), 0);
    }
    if members.contains_key("ClientRequestToken") {
        request["ClientRequestToken"] = json!(version_id("probe"));
    }
    request[member] = value.clone();
    request
}

fn lower_camel(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_ascii_lowercase() + rest
}
