//! A secret in our own vocabulary.

use super::Reader;
use crate::api::error::Error;
use crate::api::shapes;
use crate::secret::id::{AccountId, Region, Scope, SecretArn, SecretKey, SecretName};
use crate::seed::declared::Declared;
use crate::seed::fields::Fields;
use crate::seed::mistake::{Path, Place};
use crate::seed::tree::Node;

impl Reader<'_> {
    /// A secret in our own vocabulary.
    pub(super) fn own(
        &mut self,
        at: Place,
        fields: &mut Fields<'_>,
        path: &Path<'_>,
    ) -> Option<Declared> {
        let name = self.required("name", at, fields, path);
        let name = name.and_then(|node| self.name(node, &path.field("name")));
        let arn = self.arn("arn", fields, path);
        let scope = self.scope(arn.as_ref(), fields, path);
        let created = self.time("created", fields, path);
        let description = fields.take("description").and_then(|node| {
            let path = path.field("description");
            self.mistaken.text_of(&shapes::DESCRIPTION, node, &path)
        });
        let kms_key_id = fields
            .take("key")
            .and_then(|node| self.kms_key(node, scope.as_ref()?, &path.field("key")));
        let tags = fields
            .take("tags")
            .and_then(|node| self.tags(node, &path.field("tags")));
        let policy = fields
            .take("policy")
            .and_then(|node| self.policy(node, &path.field("policy")));
        let content = self.content(fields, path);
        let key = SecretKey {
            scope: scope?,
            name: name?,
        };
        self.check_arn(arn.as_ref(), &key, at, path);
        Some(Declared {
            origin: self.origin(at, path),
            key,
            suffix: arn.map(|arn| arn.suffix),
            created,
            description: description.map(str::to_owned),
            kms_key_id,
            tags,
            policy,
            content,
        })
    }

    pub(super) fn name(&mut self, node: &Node, path: &Path<'_>) -> Option<SecretName> {
        let text = self.mistaken.text_of(&shapes::NAME, node, path)?;
        let name = SecretName::parse(text).map_err(Error::from);
        self.mistaken.keep(node.at, path, name)
    }

    pub(super) fn arn(
        &mut self,
        name: &str,
        fields: &mut Fields<'_>,
        path: &Path<'_>,
    ) -> Option<SecretArn> {
        let (node, path) = (fields.take(name)?, path.field(name));
        let text = self.mistaken.text(node, &path)?;
        let arn = SecretArn::parse(text).ok_or("is no ARN of a secret");
        self.mistaken.keep(node.at, &path, arn)
    }

    pub(super) fn check_arn(
        &mut self,
        arn: Option<&SecretArn>,
        key: &SecretKey,
        at: Place,
        path: &Path<'_>,
    ) {
        if arn.is_some_and(|arn| arn.key != *key) {
            let text = "the ARN is of another name, account or region";
            self.mistaken.add(at, path, text);
        }
    }

    /// Account and region; those of the ARN if there is one.
    fn scope(
        &mut self,
        arn: Option<&SecretArn>,
        fields: &mut Fields<'_>,
        path: &Path<'_>,
    ) -> Option<Scope> {
        let home = arn.map_or(self.home, |arn| &arn.key.scope);
        let account = match fields.take("account") {
            None => Some(home.account),
            Some(node) => {
                let path = path.field("account");
                let text = self.mistaken.text(node, &path);
                let account = text.and_then(AccountId::parse);
                let account = account.ok_or("an account has exactly 12 digits");
                self.mistaken.keep(node.at, &path, account)
            }
        };
        let region = match fields.take("region") {
            None => Some(home.region.clone()),
            Some(node) => {
                let path = path.field("region");
                let text = self.mistaken.text(node, &path);
                let region = text.and_then(Region::parse);
                let region = region.ok_or("a region looks like eu-central-1");
                self.mistaken.keep(node.at, &path, region)
            }
        };
        Some(Scope {
            account: account?,
            region: region?,
        })
    }
}
