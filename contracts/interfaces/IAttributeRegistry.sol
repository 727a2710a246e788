// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title What a certification authority attests about accounts, and what of it is anchored on this chain
/// @notice An attribute is the keccak-256 of its UTF-8 bytes (NFC), e.g. keccak256("role:doctor"). An attestation counts
/// while its expiry lies after the time of the block; times are seconds since 1970. An authority is an account with
/// AUTHORITY_ROLE; every one may attest, renew and revoke every attribute.
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

  /// @notice An attestation was revoked: it counts no more from this block on.
  /// @param account the account that loses the attribute
  /// @param attribute keccak-256 of the attribute
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

  /// @notice A batch without a single attribute.
  error AttributeRegistryNoAttributes();
  /// @notice An expiry that doesn't lie in the future.
  /// @param expiry the expiry given
  error AttributeRegistryExpiryPassed(uint64 expiry);
  /// @notice Attributes can't be attested to the zero address.
  error AttributeRegistryAccountZero();
  /// @notice There is nothing to revoke.
  /// @param account the account
  /// @param attribute the attribute it was never attested, or had revoked already
  error AttributeRegistryNotAttested(address account, bytes32 attribute);
  /// @notice More leaves than a bitmap has bits.
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

  /// @notice Attests attributes to an account; those it has already get this expiry and this authority.
  /// @dev Needs AUTHORITY_ROLE. Emits {Attested} for each.
  /// @param account who has them
  /// @param attributes keccak-256 of each attribute, at least one
  /// @param expiry the first second at which they no longer count; must lie in the future
  function attest(address account, bytes32[] calldata attributes, uint64 expiry) external;

  /// @notice Revokes attestations at once. All must exist (expired ones may be revoked too), else none is revoked.
  /// @dev Needs AUTHORITY_ROLE. Emits {Revoked} for each.
  /// @param account who has them
  /// @param attributes keccak-256 of each attribute, at least one
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

  /// @notice Which of these attributes an account has now: attested, not expired, not revoked.
  /// @param account the account
  /// @param leaves keccak-256 of each attribute, at most 256
  /// @return bitmap bit i is set if the account has leaves[i]
  function holds(address account, bytes32[] calldata leaves) external view returns (uint256 bitmap);

  /// @notice One attestation as it stands, expired or not.
  /// @param account the account
  /// @param attribute keccak-256 of the attribute
  /// @return expiry the first second at which it no longer counts; 0 if there is none
  /// @return authority who attested it; zero if there is none
  function attestation(
    address account,
    bytes32 attribute
  ) external view returns (uint64 expiry, address authority);

  /// @notice The anchor that holds now; both zero before the first.
  /// @return abePublicKeyHash hash of the CP-ABE public key
  /// @return caFingerprint SHA-256 of the certification authority's certificate (DER)
  function authorityAnchor() external view returns (bytes32 abePublicKeyHash, bytes32 caFingerprint);

  /// @notice Whether a certificate has been revoked.
  /// @param fingerprint SHA-256 of the certificate (DER)
  /// @return revoked true once it has
  function certificateRevoked(bytes32 fingerprint) external view returns (bool revoked);
}
