//! The AWS services that are answered.

use super::error::{Code, Error, KmsError};

/// The version of STS's API, which is part of its requests and of its XML namespace.
pub const STS_VERSION: &str = "2011-06-15";

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Service {
    SecretsManager,
    Kms,
    Sts,
}

impl Service {
    const ALL: [Self; 3] = [Self::SecretsManager, Self::Kms, Self::Sts];

    /// What the service is called in hosts, in ARNs and in this program's log.
    pub fn name(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::Kms => "kms",
            Self::Sts => "sts",
        }
    }

    /// What precedes the operation in the target header (fact sheet 1.1 and 6.5); `None` for a service that is not called
    /// by that header.
    pub fn target_prefix(self) -> Option<&'static str> {
        match self {
            Self::SecretsManager => Some("secretsmanager"),
            Self::Kms => Some("TrentService"),
            Self::Sts => None,
        }
    }

    /// The service and the operation that a target header names, its prefix in exactly this letter case.
    pub fn of_target(target: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|service| {
            let operation = target.strip_prefix(service.target_prefix()?)?;
            Some((service, operation.strip_prefix('.')?))
        })
    }

    /// The XML namespace of a service that is called by the query protocol.
    pub fn xml_namespace(self) -> Option<String> {
        match self {
            Self::SecretsManager | Self::Kms => None,
            Self::Sts => Some(format!("https://sts.amazonaws.com/doc/{STS_VERSION}/")),
        }
    }

    /// What any of its operations may answer besides the exceptions it lists.
    pub(super) fn errors_of_any(self) -> &'static [Code] {
        match self {
            Self::SecretsManager | Self::Sts => &[
                Code::ValidationException,
                Code::AccessDeniedException,
                Code::InternalServiceError,
            ],
            Self::Kms => &[
                Code::ValidationException,
                Code::AccessDeniedException,
                Code::NotAuthorizedException,
                Code::UnsupportedOperationException,
                Code::KmsInternalException,
            ],
        }
    }

    /// An exception as this service answers it: each has a name of its own for our faults.
    pub(super) fn as_its_own(self, error: Error) -> Error {
        match (self, error) {
            (Self::Kms, Error::Internal(cause)) => KmsError::Internal(cause).into(),
            (_, error) => error,
        }
    }
}
