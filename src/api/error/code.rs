//! The names of exceptions, with the part of AWS that answers so and the status.

/// The name of an exception on the wire: `__type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A value could not be opened.
    DecryptionFailure,
    /// A value could not be sealed.
    EncryptionFailure,
    /// Our fault.
    InternalServiceError,
    /// A page token that this list did not give out.
    InvalidNextTokenException,
    /// Parameters that do not go together.
    InvalidParameterException,
    /// The secret's state forbids it.
    InvalidRequestException,
    /// A quota is used up.
    LimitExceededException,
    /// A resource policy that is none.
    MalformedPolicyDocumentException,
    /// Something else was expected to be so.
    PreconditionNotMetException,
    /// A resource policy for everybody, where that was refused.
    PublicPolicyException,
    /// A name or token is taken.
    ResourceExistsException,
    /// A secret, version or label is missing.
    ResourceNotFoundException,
    /// The body is not what the operation reads.
    SerializationException,
    /// Nobody can answer yet.
    ServiceUnavailable,
    /// No such operation.
    UnknownOperationException,
    /// A constraint is broken.
    ValidationException,
    /// The caller may not do that, or Secrets Manager may not do it for the caller.
    AccessDeniedException,
    /// KMS: the alias exists.
    AlreadyExistsException,
    /// KMS: the key is disabled.
    DisabledException,
    /// KMS: it would have succeeded.
    DryRunOperationException,
    /// KMS: the ciphertext is of another key.
    IncorrectKeyException,
    /// KMS: not a name for an alias.
    InvalidAliasNameException,
    /// KMS: not the ARN of a key.
    InvalidArnException,
    /// KMS: altered, foreign, or of another encryption context.
    InvalidCiphertextException,
    /// KMS: the key is for something else.
    InvalidKeyUsageException,
    /// KMS: a marker that this list did not give out.
    InvalidMarkerException,
    /// KMS: our fault.
    KmsInternalException,
    /// KMS: the key's state forbids it.
    KmsInvalidStateException,
    /// KMS: a quota is used up.
    KmsLimitExceededException,
    /// KMS: a key policy that is none.
    KmsMalformedPolicyDocumentException,
    /// KMS: the name is AWS's own.
    NotAuthorizedException,
    /// KMS: a key or alias is missing.
    NotFoundException,
    /// KMS: tags that a key cannot have.
    TagException,
    /// KMS: not for this key, or not here.
    UnsupportedOperationException,
    /// KMS lists it for what is out of scope here.
    CloudHsmClusterInvalidConfigurationException,
    /// KMS lists it; a rotation is never under way here.
    ConflictException,
    /// KMS lists it for what is out of scope here.
    CustomKeyStoreInvalidStateException,
    /// KMS lists it for what is out of scope here.
    CustomKeyStoreNotFoundException,
    /// KMS lists it; nothing here takes so long.
    DependencyTimeoutException,
    /// KMS lists it; grant tokens are not looked at.
    InvalidGrantTokenException,
    /// KMS lists it; keys are always at hand here.
    KeyUnavailableException,
    /// KMS lists it for what is out of scope here.
    XksKeyAlreadyInUseException,
    /// KMS lists it for what is out of scope here.
    XksKeyInvalidConfigurationException,
    /// KMS lists it for what is out of scope here.
    XksKeyNotFoundException,
    /// STS: no such action.
    InvalidAction,
    /// STS: no action at all.
    MissingAction,
}

/// Which part of AWS answers with an exception; the letter case of the text's member differs (fact sheet 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Secrets Manager's own code, and whoever judges permissions: `Message`.
    Service,
    /// The front end, before a service is reached: `message`.
    Framework,
    /// KMS's own code: `message` (fact sheet 6.5).
    Kms,
}

impl Code {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The part of AWS that answers so.
    pub fn family(self) -> Family {
        self.row().1
    }

    /// Every client error is 400, whatever it means; faults are 500 (fact sheet 1.3), but for 503 while nobody can answer.
    pub fn status(self) -> u16 {
        self.row().2
    }

    fn row(self) -> (&'static str, Family, u16) {
        use Family::{Framework, Kms, Service};
        match self {
            Self::DecryptionFailure => ("DecryptionFailure", Service, 400),
            Self::EncryptionFailure => ("EncryptionFailure", Service, 400),
            Self::InternalServiceError => ("InternalServiceError", Service, 500),
            Self::InvalidNextTokenException => ("InvalidNextTokenException", Service, 400),
            Self::InvalidParameterException => ("InvalidParameterException", Service, 400),
            Self::InvalidRequestException => ("InvalidRequestException", Service, 400),
            Self::LimitExceededException => ("LimitExceededException", Service, 400),
            Self::MalformedPolicyDocumentException => {
                ("MalformedPolicyDocumentException", Service, 400)
            }
            Self::PreconditionNotMetException => ("PreconditionNotMetException", Service, 400),
            Self::PublicPolicyException => ("PublicPolicyException", Service, 400),
            Self::ResourceExistsException => ("ResourceExistsException", Service, 400),
            Self::ResourceNotFoundException => ("ResourceNotFoundException", Service, 400),
            Self::SerializationException => ("SerializationException", Framework, 400),
            Self::ServiceUnavailable => ("ServiceUnavailable", Framework, 503),
            Self::UnknownOperationException => ("UnknownOperationException", Framework, 400),
            Self::ValidationException => ("ValidationException", Framework, 400),
            Self::AccessDeniedException => ("AccessDeniedException", Service, 400),
            Self::AlreadyExistsException => ("AlreadyExistsException", Kms, 400),
            Self::DisabledException => ("DisabledException", Kms, 400),
            Self::DryRunOperationException => ("DryRunOperationException", Kms, 400),
            Self::IncorrectKeyException => ("IncorrectKeyException", Kms, 400),
            Self::InvalidAliasNameException => ("InvalidAliasNameException", Kms, 400),
            Self::InvalidArnException => ("InvalidArnException", Kms, 400),
            Self::InvalidCiphertextException => ("InvalidCiphertextException", Kms, 400),
            Self::InvalidKeyUsageException => ("InvalidKeyUsageException", Kms, 400),
            Self::InvalidMarkerException => ("InvalidMarkerException", Kms, 400),
            Self::KmsInternalException => ("KMSInternalException", Kms, 500),
            Self::KmsInvalidStateException => ("KMSInvalidStateException", Kms, 400),
            Self::KmsLimitExceededException => ("LimitExceededException", Kms, 400),
            Self::KmsMalformedPolicyDocumentException => {
                ("MalformedPolicyDocumentException", Kms, 400)
            }
            Self::NotAuthorizedException => ("NotAuthorizedException", Kms, 400),
            Self::NotFoundException => ("NotFoundException", Kms, 400),
            Self::TagException => ("TagException", Kms, 400),
            Self::UnsupportedOperationException => ("UnsupportedOperationException", Kms, 400),
            Self::CloudHsmClusterInvalidConfigurationException => {
                ("CloudHsmClusterInvalidConfigurationException", Kms, 400)
            }
            Self::ConflictException => ("ConflictException", Kms, 400),
            Self::CustomKeyStoreInvalidStateException => {
                ("CustomKeyStoreInvalidStateException", Kms, 400)
            }
            Self::CustomKeyStoreNotFoundException => ("CustomKeyStoreNotFoundException", Kms, 400),
            Self::DependencyTimeoutException => ("DependencyTimeoutException", Kms, 500),
            Self::InvalidGrantTokenException => ("InvalidGrantTokenException", Kms, 400),
            Self::KeyUnavailableException => ("KeyUnavailableException", Kms, 500),
            Self::XksKeyAlreadyInUseException => ("XksKeyAlreadyInUseException", Kms, 400),
            Self::XksKeyInvalidConfigurationException => {
                ("XksKeyInvalidConfigurationException", Kms, 400)
            }
            Self::XksKeyNotFoundException => ("XksKeyNotFoundException", Kms, 400),
            Self::InvalidAction => ("InvalidAction", Framework, 400),
            Self::MissingAction => ("MissingAction", Framework, 400),
        }
    }
}
