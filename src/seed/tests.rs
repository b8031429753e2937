//! Documents and their mistakes.

use super::*;
use crate::secret::id::{AccountId, Region, Scope};

fn home() -> Scope {
    Scope {
        account: AccountId::DEFAULT,
        region: Region::default(),
    }
}

fn parsed(text: &str) -> Result<Vec<Declared>, Mistakes> {
    let source = Source {
        name: "seed.yaml",
        files: Files::Refused,
    };
    parse(text, &source, &home())
}

/// Each text is taken and declares so many secrets.
#[track_caller]
fn takes(text: &str, count: usize) {
    match parsed(text) {
        Ok(declared) => assert_eq!(declared.len(), count, "{text}"),
        Err(mistakes) => panic!("{mistakes}"),
    }
}

/// A text is refused with these lines, which do not have its value in them.
#[track_caller]
fn refuses(text: &str, expected: &[&str]) {
    let mistakes = parsed(text).unwrap_err().to_string();
    assert_eq!(mistakes.lines().collect::<Vec<_>>(), expected, "{text}");
    assert!(!mistakes.contains("hunter2"), "{mistakes}");
}

#[test]
fn a_text_declares_secrets_in_several_forms() {
    takes("", 0);
    takes("# nothing\n", 0);
    takes("secrets:\n", 0);
    takes("secrets:\n  - name: a\n  - {name: b, value: hunter2}\n", 2);
    takes("- name: a\n- name: b\n", 2);
    takes("name: a\nvalue: {user: x}\n", 1);
    takes("name: a\n---\nname: b\n", 2);
    takes("[{\"name\": \"a\"},\n {\"name\": \"b\"}]", 2);
    takes("{\"name\":\"a\"}\n\n{\"name\":\"b\"}\n", 2);
    takes("{\"name\":\"a\"}", 1);
    takes(
        r#"{"SecretValues": [{
            "ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf", "Name": "a",
            "VersionId": "0123456789-0123456789-0123456789-01", "SecretString": "hunter2",
            "VersionStages": ["AWSCURRENT"], "CreatedDate": "2026-01-01T12:00:00.123000+01:00"
        }, {
            "ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf", "Name": "b",
            "VersionId": "0123456789-0123456789-0123456789-01", "SecretBinary": "aHVudGVyMg==",
            "VersionStages": ["AWSCURRENT", "mine"], "CreatedDate": 1767225600.123
        }], "Errors": []}"#,
        2,
    );
}

#[test]
fn secrets_are_where_they_say_or_at_home() {
    let text = "- name: a\n- {name: b, account: 000000000012}\n- {name: c, region: eu-west-1}\n\
                - {name: d, arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:d-AbCdEf'}\n";
    let declared = parsed(text).unwrap();
    let places: Vec<_> = declared
        .iter()
        .map(|declared| {
            let Scope { account, region } = &declared.key.scope;
            format!("{} {account} {region}", declared.key.name)
        })
        .collect();
    assert_eq!(
        places,
        [
            "a 000000000000 us-east-1",
            "b 000000000012 us-east-1",
            "c 000000000000 eu-west-1",
            "d 123456789012 eu-west-1",
        ]
    );
}

#[test]
fn a_mistake_has_line_column_and_field() {
    refuses(
        "secrets:\n  - name: a\n    value: hunter2\n    tags: hunter2\n",
        &["seed.yaml:4:11: secrets[0].tags: is neither a map nor a list of Key and Value"],
    );
    refuses(
        "hunter2",
        &[
            "seed.yaml:1:1: declares nothing; a list of secrets is expected, or a map with `secrets`",
        ],
    );
    refuses("- hunter2", &["seed.yaml:1:3: [0]: is no map of fields"]);
    refuses("secrets: hunter2", &["seed.yaml:1:10: secrets: is no list"]);
    refuses(
        "secrets: []\nvalues: hunter2",
        &["seed.yaml:2:1: there is no field values"],
    );
    refuses(
        "- name: a\n  value:\n  user: hunter2\n  'hunter2 ': x\n",
        &[
            "seed.yaml:2:8: [0].value: is empty; leave it out for a secret without a value",
            "seed.yaml:3:3: [0]: there is no field user",
            "seed.yaml:4:3: [0]: there is no field of this name",
        ],
    );
    refuses(
        "{\"name\":\"a\"}\n{\"name\":\"b\", \"value\": \"hunter2}\n{\"name\":\"c\"}",
        &["seed.yaml:2:23: neither YAML nor JSON: unclosed quote"],
    );
    refuses(
        "{\"name\":\"a\"}\n{\"name\":\"b\", \"vaule\": \"hunter2\"}\n",
        &["seed.yaml:2:14: there is no field vaule"],
    );
}

#[test]
fn what_aws_would_refuse_is_a_mistake() {
    for (fields, expected) in [
        ("value: hunter2", "1:1: name: must be given"),
        (
            "name: a b",
            "1:7: name: Invalid name. Must be a valid name containing alphanumeric characters, or any of \
             the following: -/_+=.@!",
        ),
        (
            "name: ''",
            "1:7: name: must have length greater than or equal to 1",
        ),
        ("name: [a]", "1:7: name: is no text"),
        (
            "name: a\nvalue: ''",
            "2:8: value: must have length greater than or equal to 1",
        ),
        (
            "name: a\nvalue: hunter2\nbinary: aGk=",
            "3:9: value: value and binary exclude each other",
        ),
        ("name: a\nbinary: hunter2!", "2:9: binary: is no base64"),
        (
            "name: a\nfile: hunter.pem",
            "2:7: file: files are not read for a document that was sent; give the value",
        ),
        (
            "name: a\ntags: {aws:x: y}",
            "2:7: tags: tag key aws:x is reserved",
        ),
        (
            "name: a\ntags: [{Key: x}, {Key: x, Value: y}]",
            "2:7: tags: tag key x is given twice",
        ),
        (
            "name: a\ntags: [{Key: x, value: y}]",
            "2:17: tags[0]: there is no field value",
        ),
        ("name: a\nkey: mine", "2:6: key: mine is no key id"),
        (
            "name: a\nkey: arn:aws:kms:eu-west-1:000000000000:alias/x",
            "2:6: key: KMS keys of eu-west-1 cannot be used in this region",
        ),
        (
            "name: a\nkey: alias/aws/mine",
            "2:6: key: You can't use an alias name",
        ),
        (
            "name: a\npolicy: {Version: '2012-10-17', Statement: []}",
            "2:9: policy: This resource policy contains a syntax error.",
        ),
        (
            "name: a\npolicy: hunter2",
            "2:9: policy: This resource policy contains a syntax error.",
        ),
        (
            "name: a\naccount: 12",
            "2:10: account: an account has exactly 12 digits",
        ),
        (
            "name: a\nregion: EU",
            "2:9: region: a region looks like eu-central-1",
        ),
        ("name: a\narn: b", "2:6: arn: is no ARN of a secret"),
        (
            "name: a\narn: arn:aws:secretsmanager:us-east-1:000000000000:secret:b-AbCdEf",
            "1:1: the ARN is of another name, account or region",
        ),
        (
            "name: a\ncreated: yesterday",
            "2:10: created: is no time such as 2027-01-01T00:00:00Z",
        ),
        ("name: a\nname: b", "2:1: the member is given twice"),
    ] {
        if fields.contains("alias/aws") {
            let mistakes = parsed(fields).unwrap_err().to_string();
            assert!(mistakes.starts_with("seed.yaml:2:6: key: "), "{mistakes}");
        } else {
            refuses(fields, &[&format!("seed.yaml:{expected}")]);
        }
    }
    let long = "x".repeat(65_537);
    refuses(
        &format!("name: a\nvalue: {long}"),
        &["seed.yaml:2:8: value: must have length less than or equal to 65536"],
    );
    let tags: Vec<_> = (0..51).map(|at| format!("k{at}: v")).collect();
    refuses(
        &format!("name: a\ntags: {{{}}}", tags.join(", ")),
        &["seed.yaml:2:7: tags: too many tags"],
    );
}

#[test]
fn versions_must_go_together() {
    let id = |at: &str| format!("0123456789-0123456789-0123456789-{at}");
    let versions = |versions: &str| {
        let (v1, v2) = (id("v1"), id("v2"));
        let versions = versions.replace("v1", &v1).replace("v2", &v2);
        format!("name: a\nversions: [{versions}]")
    };
    for (text, expected) in [
        (
            "{id: v1, value: hunter2, labels: [AWSPREVIOUS]}",
            "2:11: versions: no version with a value has the label AWSCURRENT",
        ),
        (
            "{id: v1, value: x, labels: [AWSCURRENT]}, {id: v2, value: y, labels: [AWSCURRENT]}",
            "2:11: versions: the label AWSCURRENT is given twice",
        ),
        (
            "{id: v1, value: x, labels: [AWSCURRENT]}, {id: v1, value: y}",
            &format!("2:11: versions: version {} is given twice", id("v1")),
        ),
        (
            "{id: short, value: x}",
            "2:17: versions[0].id: must have length greater than or equal to 32",
        ),
        ("{value: x}", "2:12: versions[0].id: must be given"),
        (
            "{id: v1, value: x, labels: ['']}",
            "2:73: versions[0].labels[0]: must have length greater than or equal to 1",
        ),
        (
            "{id: v1, value: x, unreadable: y}",
            "2:76: versions[0].unreadable: excludes a value beside it",
        ),
    ] {
        refuses(&versions(text), &[&format!("seed.yaml:{expected}")]);
    }
    takes(&versions("{id: v1, value: hunter2}"), 1);
    takes(&versions("{id: v1, labels: [AWSCURRENT]}"), 1);
    let labels: Vec<_> = (0..20).map(|at| format!("l{at}")).collect();
    let labels = labels.join(", ");
    refuses(
        &versions(&format!(
            "{{id: v1, value: x, labels: [AWSCURRENT, {labels}]}}"
        )),
        &["seed.yaml:2:11: versions: too many staging labels"],
    );
    let many: Vec<_> = (0..101)
        .map(|at| {
            format!(
                "{{id: {}, value: x, labels: [{}]}}",
                id(&format!("{at:03}")),
                if at == 0 { "AWSCURRENT" } else { "" }
            )
        })
        .collect();
    refuses(
        &versions(&many.join(", ")),
        &["seed.yaml:2:11: versions: too many versions"],
    );
}

#[test]
fn what_aws_did_not_export_is_a_mistake() {
    refuses(
        r#"{"SecretValues": [],
            "Errors": [{"SecretId": "prod/db", "ErrorCode": "DecryptionFailure", "Message": "no"}],
            "NextToken": "hunter2"}"#,
        &[
            "seed.yaml:2:24: Errors[0]: the secret prod/db was not exported: DecryptionFailure",
            "seed.yaml:3:26: NextToken: is only a part of an answer: more secrets follow it",
        ],
    );
    refuses(
        r#"{"Name": "a", "SecretString": "hunter2"}"#,
        &["seed.yaml:1:1: ARN: must be given"],
    );
}

#[test]
fn a_secret_is_declared_once_in_a_text_and_all_mistakes_are_told() {
    refuses(
        "- name: a\n- name: a\n- {name: a, region: eu-west-1}\n- {nane: b}\n",
        &[
            "seed.yaml:2:3: [1]: the secret is declared in line 1 already",
            "seed.yaml:4:3: [3].name: must be given",
            "seed.yaml:4:4: [3]: there is no field nane",
        ],
    );
}

#[test]
fn nothing_prints_a_value() {
    let text = "name: a\nversions: [{id: 0123456789-0123456789-0123456789-01, value: hunter2}]";
    let declared = parsed(text).unwrap();
    assert!(!format!("{declared:?}").contains("hunter2"));
    let seed = Seed::Text("text", crate::sensitive::Sensitive::new(text.to_owned()));
    assert!(!format!("{seed:?}").contains("hunter2"));
}
