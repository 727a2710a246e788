// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title What a certification authority attests about accounts, and what of it is anchored on this chain
/// @notice A plain attribute is the keccak-256 of its UTF-8 bytes (NFC), e.g. keccak256("role:doctor"). A number or date
/// under a label ("level = 3") stands in a slot: keccak-256 of 0x02, 0x01 for a number or 0x02 for a date, and the label's
/// UTF-8 bytes; dates count days since 1970-01-01 (UTC). A slot has one number at a time. No attribute starts with a control
/// character, so no slot is a plain attribute too. An attestation counts while its expiry lies after the time of the block;
/// times are seconds since 1970. An authority is an account with AUTHORITY_ROLE; every one may attest, renew and revoke
/// every attribute and number.
interface IAttributeRegistry {
  /// @notice An account was attested an attribute, newly or anew.
  /// @param account the account that has the attribute now
  /// @param attribute keccak-256 of the attribute
  /// @param authority the authority that attested it
  /// @param expiry the first second at which it no longer counts
  event Attested(
    address indexed account,
    bytes32 indexed attribute,
    address indexed authority,
    uint64 expiry
  );

  /// @notice An account was attested a number, newly, anew, or in place of another.
  /// @param account the account that has the number now
  /// @param slot the slot of its label and unit
  /// @param authority the authority that attested it
  /// @param number the number, or days since 1970-01-01
  /// @param expiry the first second at which it no longer counts
  event NumberAttested(
    address indexed account,
    bytes32 indexed slot,
    address indexed authority,
    uint32 number,
    uint64 expiry
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
  /// @notice Not one number for each slot.
  /// @param slots how many slots were given
  /// @param numbers how many numbers were given
  error AttributeRegistryNumberCount(uint256 slots, uint256 numbers);
  /// @notice Comparisons that aren't 37 bytes each.
  /// @param size how many bytes were given
  error AttributeRegistryComparisonsCut(uint256 size);
  /// @notice A comparison with an operator that there isn't.
  /// @param operator the operator's byte
  error AttributeRegistryOperatorUnknown(uint256 operator);
  /// @notice More attributes and comparisons than a bitmap has bits.
  /// @param count how many were given
  error AttributeRegistryTooManyLeaves(uint256 count);
  /// @notice Both anchors must be set.
  error AttributeRegistryAnchorZero();
  /// @notice Only an authority or the administrator may anchor.
  /// @param account who tried
  error AttributeRegistryNotAuthority(address account);
  /// @notice The certificate was revoked before.
  /// @param fingerprint SHA-256 of the certificate
  error AttributeRegistryCertificateAlreadyRevoked(bytes32 fingerprint);

  /// @notice Attests attributes to an account; those it has already get this expiry and this authority. Not for slots: the
  /// number in one would become 0.
  /// @dev Needs AUTHORITY_ROLE. Emits {Attested} for each.
  /// @param account who has them
  /// @param attributes keccak-256 of each attribute, at least one
  /// @param expiry the first second at which they no longer count; must lie in the future
  function attest(address account, bytes32[] calldata attributes, uint64 expiry) external;

  /// @notice Attests numbers to an account; each takes the place of the one that its slot had.
  /// @dev Needs AUTHORITY_ROLE. Emits {NumberAttested} for each.
  /// @param account who has them
  /// @param slots the slot of each label and unit, at least one
  /// @param numbers the number in each slot; dates as days since 1970-01-01
  /// @param expiry the first second at which they no longer count; must lie in the future
  function attestNumbers(
    address account,
    bytes32[] calldata slots,
    uint32[] calldata numbers,
    uint64 expiry
  ) external;

  /// @notice Revokes attestations at once. All must exist (expired ones may be revoked too), else none is revoked.
  /// @dev Needs AUTHORITY_ROLE. Emits {Revoked} for each.
  /// @param account who has them
  /// @param attributes keccak-256 of each attribute, or slot of each number, at least one
  function revoke(address account, bytes32[] calldata attributes) external;

  /// @notice Anchors the public keys of the authority, so that every party can check what it's handed.
  /// @dev Needs AUTHORITY_ROLE or to be the administrator. Emits {AuthorityAnchored}.
  /// @param abePublicKeyHash hash of the CP-ABE public key
  /// @param caFingerprint SHA-256 of the certification authority's certificate (DER)
  function anchorAuthority(bytes32 abePublicKeyHash, bytes32 caFingerprint) external;

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

  /// @notice Whether a certificate has been revoked.
  /// @param fingerprint SHA-256 of the certificate (DER)
  /// @return revoked true once it has
  function certificateRevoked(bytes32 fingerprint) external view returns (bool revoked);
}
