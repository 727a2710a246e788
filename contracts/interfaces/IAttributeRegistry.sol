// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title What certification authorities attest about accounts, and what of theirs is anchored on this chain
/// @notice An attribute is a text, e.g. "role:doctor"; policies name it by the keccak-256 of its UTF-8 bytes. A number or date
/// under a label ("level = 3") stands in a slot: keccak-256 of 0x02, 0x01 for a number or 0x02 for a date, and the label's
/// UTF-8 bytes; dates count days since 1970-01-01 (UTC). A slot has one number at a time. No attribute starts with a control
/// character, so no slot is an attribute too. Texts are to be in Unicode's normal form NFC, which clients see to. An
/// attestation counts while its expiry lies after the time of the block; times are seconds since 1970.
///
/// The label of an attribute is what stands before its first colon; without one it's empty. The administrator may assign a
/// label to one authority: then it alone attests, renews and revokes under it. Any other label belongs to all holders of
/// AUTHORITY_ROLE. What was attested before a label changed hands stands until it expires or is revoked. `id:` is never
/// attested: every account holds its own.
interface IAttributeRegistry {
  /// @notice A number or date to attest.
  struct NumberGiven {
    /// its label
    string label;
    /// 1 for a number, 2 for a date
    uint8 unit;
    /// the number, or days since 1970-01-01
    uint32 value;
  }

  /// @notice Which number or date.
  struct NumberSlot {
    /// its label
    string label;
    /// 1 for a number, 2 for a date
    uint8 unit;
  }

  /// @notice An account was attested an attribute, newly or anew.
  /// @param account the account that has the attribute now
  /// @param attribute keccak-256 of the attribute
  /// @param authority the authority that attested it
  /// @param expiry the first second at which it no longer counts
  /// @param text the attribute
  event Attested(
    address indexed account,
    bytes32 indexed attribute,
    address indexed authority,
    uint64 expiry,
    string text
  );

  /// @notice An account was attested a number, newly, anew, or in place of another.
  /// @param account the account that has the number now
  /// @param slot the slot of its label and unit
  /// @param authority the authority that attested it
  /// @param number the number, or days since 1970-01-01
  /// @param expiry the first second at which it no longer counts
  /// @param label its label
  /// @param unit 1 for a number, 2 for a date
  event NumberAttested(
    address indexed account,
    bytes32 indexed slot,
    address indexed authority,
    uint32 number,
    uint64 expiry,
    string label,
    uint8 unit
  );

  /// @notice An attestation was revoked: it counts no more from this block on.
  /// @param account the account that loses the attribute or number
  /// @param attribute keccak-256 of the attribute, or the slot of the number
  /// @param authority the authority that revoked it
  event Revoked(address indexed account, bytes32 indexed attribute, address indexed authority);

  /// @notice The authority's public keys were anchored; the newest anchor holds.
  /// @param abePublicKeyHash hash of the CP-ABE public key that capsules and user keys belong to
  /// @param caFingerprint SHA-256 of the certification authority's certificate (DER)
  /// @param by the account that anchored them
  event AuthorityAnchored(
    bytes32 indexed abePublicKeyHash,
    bytes32 indexed caFingerprint,
    address indexed by
  );

  /// @notice A list of revoked certificates was anchored; the newest anchor holds.
  /// @param hash SHA-256 of the list (DER)
  /// @param authority the authority that anchored it
  event RevocationListAnchored(bytes32 indexed hash, address indexed authority);

  /// @notice A label was assigned to an authority, or given back to all.
  /// @param labelHash keccak-256 of the label
  /// @param authority who alone attests under it now; zero for every holder of AUTHORITY_ROLE
  /// @param label the label
  event LabelAssigned(bytes32 indexed labelHash, address indexed authority, string label);

  /// @notice A certificate that the authority had issued was revoked, for good.
  /// @param fingerprint SHA-256 of the certificate (DER)
  /// @param authority the authority that revoked it
  event CertificateRevoked(bytes32 indexed fingerprint, address indexed authority);

  /// @notice A batch without a single attribute or number.
  error AttributeRegistryNoAttributes();
  /// @notice An expiry that doesn't lie in the future.
  /// @param expiry the expiry given
  error AttributeRegistryExpiryPassed(uint64 expiry);
  /// @notice Attributes can't be attested to the zero address.
  error AttributeRegistryAccountZero();
  /// @notice There is nothing to revoke.
  /// @param account the account
  /// @param attribute the attribute or slot it was never attested, or had revoked already
  error AttributeRegistryNotAttested(address account, bytes32 attribute);
  /// @notice An attribute or a label of a number that isn't 1 to 256 bytes, or starts with a control character.
  /// @param text the text given
  error AttributeRegistryTextMalformed(string text);
  /// @notice A unit that is neither 1 (number) nor 2 (date).
  /// @param unit the unit given
  error AttributeRegistryUnitUnknown(uint8 unit);
  /// @notice The label `id` is nobody's: every account holds its own `id:` attribute.
  /// @param text the attribute or label given
  error AttributeRegistryLabelReserved(string text);
  /// @notice The label is assigned to another authority.
  /// @param labelHash keccak-256 of the label
  /// @param authority who alone attests under it
  error AttributeRegistryLabelForeign(bytes32 labelHash, address authority);
  /// @notice Comparisons that aren't 37 bytes each.
  /// @param size how many bytes were given
  error AttributeRegistryComparisonsCut(uint256 size);
  /// @notice A comparison with an operator that there isn't.
  /// @param operator the operator's byte
  error AttributeRegistryOperatorUnknown(uint256 operator);
  /// @notice More attributes and comparisons than a bitmap has bits.
  /// @param count how many were given
  error AttributeRegistryTooManyLeaves(uint256 count);
  /// @notice An anchor can't be zero.
  error AttributeRegistryAnchorZero();
  /// @notice Only an authority or the administrator may anchor the first time.
  /// @param account who tried
  error AttributeRegistryNotAuthority(address account);
  /// @notice The authority's keys are anchored: only the administrator may anchor others.
  /// @param account who tried
  error AttributeRegistryAnchorStands(address account);
  /// @notice The certificate was revoked before.
  /// @param fingerprint SHA-256 of the certificate
  error AttributeRegistryCertificateAlreadyRevoked(bytes32 fingerprint);

  /// @notice Attests attributes to an account; those it has already get this expiry and this authority.
  /// @dev For whoever may attest under each label. Emits {Attested} for each.
  /// @param account who has them
  /// @param attributes the attributes, at least one
  /// @param expiry the first second at which they no longer count; must lie in the future
  function attest(address account, string[] calldata attributes, uint64 expiry) external;

  /// @notice Attests numbers to an account; each takes the place of the one that its slot had.
  /// @dev For whoever may attest under each label. Emits {NumberAttested} for each.
  /// @param account who has them
  /// @param numbers the numbers and dates, at least one
  /// @param expiry the first second at which they no longer count; must lie in the future
  function attestNumbers(address account, NumberGiven[] calldata numbers, uint64 expiry) external;

  /// @notice Revokes attestations at once. All must exist (expired ones may be revoked too), else none is revoked.
  /// @dev For whoever may attest under each label now, whoever attested it. Emits {Revoked} for each.
  /// @param account who has them
  /// @param attributes the attributes, at least one
  function revoke(address account, string[] calldata attributes) external;

  /// @notice Revokes numbers at once. All must exist (expired ones may be revoked too), else none is revoked.
  /// @dev For whoever may attest under each label now, whoever attested it. Emits {Revoked} for each.
  /// @param account who has them
  /// @param numbers which numbers and dates, at least one
  function revokeNumbers(address account, NumberSlot[] calldata numbers) external;

  /// @notice Assigns a label to one authority, or gives it back to all. What was attested under it stands.
  /// @dev Needs DEFAULT_ADMIN_ROLE. The authority needs no role. Emits {LabelAssigned}.
  /// @param label the label; empty for attributes without a colon
  /// @param authority who alone shall attest under it; zero for every holder of AUTHORITY_ROLE
  function assignLabel(string calldata label, address authority) external;

  /// @notice Anchors the public keys of the authority, so that every party can check what it's handed.
  /// @dev The first time needs AUTHORITY_ROLE or DEFAULT_ADMIN_ROLE, later times DEFAULT_ADMIN_ROLE: a stolen authority
  /// can't swap keys. Emits {AuthorityAnchored}.
  /// @param abePublicKeyHash hash of the CP-ABE public key
  /// @param caFingerprint SHA-256 of the certification authority's certificate (DER)
  function anchorAuthority(bytes32 abePublicKeyHash, bytes32 caFingerprint) external;

  /// @notice Anchors the newest list of revoked certificates, at once: a delay would go on trusting a stolen key.
  /// @dev Needs AUTHORITY_ROLE. Emits {RevocationListAnchored}. Whether the list is newer isn't looked at: lists carry
  /// numbers, and clients take no older one than they had.
  /// @param hash SHA-256 of the list (DER)
  function anchorRevocationList(bytes32 hash) external;

  /// @notice Revokes a certificate for good.
  /// @dev Needs AUTHORITY_ROLE. Emits {CertificateRevoked}.
  /// @param fingerprint SHA-256 of the certificate (DER)
  function revokeCertificate(bytes32 fingerprint) external;

  /// @notice Which of these attributes an account has now, and which of these comparisons its numbers meet: attested, not
  /// expired, not revoked. A number that it doesn't have meets none.
  /// @param account the account
  /// @param leaves keccak-256 of each attribute
  /// @param comparisons 37 bytes each, as in policy programs: slot (32), 0x01 for "at least", 0x02 for "at most" or 0x03
  /// for "equal to", value (4, big-endian). With the leaves at most 256
  /// @return bitmap bit i is set if the account has leaves[i]; the bits of the comparisons follow those of the leaves
  function holds(
    address account,
    bytes32[] calldata leaves,
    bytes calldata comparisons
  ) external view returns (uint256 bitmap);

  /// @notice One attestation as it stands, expired or not.
  /// @param account the account
  /// @param attribute keccak-256 of the attribute, or the slot of the number
  /// @return expiry the first second at which it no longer counts; 0 if there is none
  /// @return authority who attested it; zero if there is none
  /// @return number the number in that slot; 0 for plain attributes
  function attestation(
    address account,
    bytes32 attribute
  ) external view returns (uint64 expiry, address authority, uint32 number);

  /// @notice The anchor that holds now; both zero before the first.
  /// @return abePublicKeyHash hash of the CP-ABE public key
  /// @return caFingerprint SHA-256 of the certification authority's certificate (DER)
  function authorityAnchor() external view returns (bytes32 abePublicKeyHash, bytes32 caFingerprint);

  /// @notice The anchored list of revoked certificates; zero before the first.
  /// @return hash SHA-256 of the list (DER)
  function revocationList() external view returns (bytes32 hash);

  /// @notice To whom a label is assigned.
  /// @param labelHash keccak-256 of the label
  /// @return authority who alone attests under it; zero for every holder of AUTHORITY_ROLE
  function labelAuthority(bytes32 labelHash) external view returns (address authority);

  /// @notice Whether a certificate has been revoked.
  /// @param fingerprint SHA-256 of the certificate (DER)
  /// @return revoked true once it has
  function certificateRevoked(bytes32 fingerprint) external view returns (bool revoked);
}
