// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";

/// @title AttributeRegistry
/// @notice See {IAttributeRegistry}. The administrator appoints authorities and hands its role on in two steps.
contract AttributeRegistry is IAttributeRegistry, AccessControlDefaultAdminRules {
  /// @dev One slot.
  struct Attestation {
    address authority;
    uint64 expiry;
  }

  /// @notice The role of those who attest, revoke and anchor.
  bytes32 public constant AUTHORITY_ROLE = keccak256("AUTHORITY_ROLE");

  /// @dev account => attribute => attestation; expiry 0 if there is none
  mapping(address account => mapping(bytes32 attribute => Attestation attestation)) private _attestations;

  /// @dev certificates revoked, by SHA-256
  mapping(bytes32 fingerprint => bool revoked) private _revokedCertificates;

  /// @dev hash of the CP-ABE public key
  bytes32 private _abePublicKeyHash;

  /// @dev SHA-256 of the certification authority's certificate
  bytes32 private _caFingerprint;

  /// @notice Appoints the administrator and the first authority; the deployer gets no role.
  /// @param admin the administrator
  /// @param adminDelay how many seconds must pass before a new administrator can accept
  /// @param authority the first authority
  constructor(
    address admin,
    uint48 adminDelay,
    address authority
  ) AccessControlDefaultAdminRules(adminDelay, admin) {
    _grantRole(AUTHORITY_ROLE, authority);
  }

  /// @inheritdoc IAttributeRegistry
  function attest(
    address account,
    bytes32[] calldata attributes,
    uint64 expiry
  ) external onlyRole(AUTHORITY_ROLE) {
    if (attributes.length == 0) revert AttributeRegistryNoAttributes();
    if (account == address(0)) revert AttributeRegistryAccountZero();
    if (expiry <= block.timestamp) revert AttributeRegistryExpiryPassed(expiry);
    for (uint256 i = 0; i < attributes.length; ++i) {
      _attestations[account][attributes[i]] = Attestation({authority: msg.sender, expiry: expiry});
      emit Attested(account, attributes[i], msg.sender, expiry);
    }
  }

  /// @inheritdoc IAttributeRegistry
  function revoke(address account, bytes32[] calldata attributes) external onlyRole(AUTHORITY_ROLE) {
    if (attributes.length == 0) revert AttributeRegistryNoAttributes();
    for (uint256 i = 0; i < attributes.length; ++i) {
      if (_attestations[account][attributes[i]].expiry == 0) {
        revert AttributeRegistryNotAttested(account, attributes[i]);
      }
      delete _attestations[account][attributes[i]];
      emit Revoked(account, attributes[i], msg.sender);
    }
  }

  /// @inheritdoc IAttributeRegistry
  function anchorAuthority(bytes32 abePublicKeyHash, bytes32 caFingerprint) external {
    if (!hasRole(AUTHORITY_ROLE, msg.sender) && !hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) {
      revert AttributeRegistryNotAuthority(msg.sender);
    }
    if (abePublicKeyHash == 0 || caFingerprint == 0) revert AttributeRegistryAnchorZero();
    _abePublicKeyHash = abePublicKeyHash;
    _caFingerprint = caFingerprint;
    emit AuthorityAnchored(abePublicKeyHash, caFingerprint, msg.sender);
  }

  /// @inheritdoc IAttributeRegistry
  function revokeCertificate(bytes32 fingerprint) external onlyRole(AUTHORITY_ROLE) {
    if (_revokedCertificates[fingerprint]) revert AttributeRegistryCertificateAlreadyRevoked(fingerprint);
    _revokedCertificates[fingerprint] = true;
    emit CertificateRevoked(fingerprint, msg.sender);
  }

  /// @inheritdoc IAttributeRegistry
  function holds(address account, bytes32[] calldata leaves) external view returns (uint256 bitmap) {
    uint256 count = leaves.length;
    if (count > 256) revert AttributeRegistryTooManyLeaves(count);
    mapping(bytes32 attribute => Attestation attestation) storage attestations = _attestations[account];
    for (uint256 i = 0; i < count; ++i) {
      if (attestations[leaves[i]].expiry > block.timestamp) bitmap |= 1 << i;
    }
  }

  /// @inheritdoc IAttributeRegistry
  function attestation(
    address account,
    bytes32 attribute
  ) external view returns (uint64 expiry, address authority) {
    Attestation storage found = _attestations[account][attribute];
    return (found.expiry, found.authority);
  }

  /// @inheritdoc IAttributeRegistry
  function authorityAnchor() external view returns (bytes32 abePublicKeyHash, bytes32 caFingerprint) {
    return (_abePublicKeyHash, _caFingerprint);
  }

  /// @inheritdoc IAttributeRegistry
  function certificateRevoked(bytes32 fingerprint) external view returns (bool revoked) {
    return _revokedCertificates[fingerprint];
  }
}
