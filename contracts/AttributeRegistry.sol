// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";

/// @title AttributeRegistry
/// @notice See {IAttributeRegistry}. The administrator appoints authorities and hands its role on in two steps. Several
/// calls of one sender can be made in one transaction, all or none, by {multicall}.
contract AttributeRegistry is IAttributeRegistry, AccessControlDefaultAdminRules, Multicall {
  /// @dev One slot. The number of a plain attribute is zero.
  struct Attestation {
    address authority;
    uint64 expiry;
    uint32 number;
  }

  /// @dev Comparisons are as in policy programs: see {PolicyProgram}.
  uint256 private constant COMPARISON_SIZE = 37;
  uint256 private constant AT_LEAST = 0x01;
  uint256 private constant AT_MOST = 0x02;
  uint256 private constant EQUAL = 0x03;

  /// @notice The role of those who attest, revoke and anchor.
  bytes32 public constant AUTHORITY_ROLE = keccak256("AUTHORITY_ROLE");

  /// @dev account => attribute, or slot of a number => attestation; expiry 0 if there is none
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
    _checkAttesting(account, attributes.length, expiry);
    for (uint256 i = 0; i < attributes.length; ++i) {
      _attestations[account][attributes[i]] = Attestation({authority: msg.sender, expiry: expiry, number: 0});
      emit Attested(account, attributes[i], msg.sender, expiry);
    }
  }

  /// @inheritdoc IAttributeRegistry
  function attestNumbers(
    address account,
    bytes32[] calldata slots,
    uint32[] calldata numbers,
    uint64 expiry
  ) external onlyRole(AUTHORITY_ROLE) {
    _checkAttesting(account, slots.length, expiry);
    if (slots.length != numbers.length) {
      revert AttributeRegistryNumberCount(slots.length, numbers.length);
    }
    for (uint256 i = 0; i < slots.length; ++i) {
      _attestations[account][slots[i]] = Attestation({
        authority: msg.sender,
        expiry: expiry,
        number: numbers[i]
      });
      emit NumberAttested(account, slots[i], msg.sender, numbers[i], expiry);
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
  function holds(
    address account,
    bytes32[] calldata leaves,
    bytes calldata comparisons
  ) external view returns (uint256 bitmap) {
    uint256 size = comparisons.length;
    if (size % COMPARISON_SIZE != 0) revert AttributeRegistryComparisonsCut(size);
    mapping(bytes32 attribute => Attestation attestation) storage attestations = _attestations[account];
    // The next leaf's bit.
    uint256 bit = 1;
    // Offsets lie within calldata, and counts are far below a word's end.
    unchecked {
      uint256 count = leaves.length;
      uint256 total = count + size / COMPARISON_SIZE;
      if (total > 256) revert AttributeRegistryTooManyLeaves(total);
      for (uint256 i = 0; i < count; ++i) {
        bytes32 leaf;
        assembly ("memory-safe") {
          leaf := calldataload(add(leaves.offset, shl(5, i)))
        }
        if (attestations[leaf].expiry > block.timestamp) bitmap |= bit;
        bit <<= 1;
      }
      for (uint256 at = 0; at < size; at += COMPARISON_SIZE) {
        if (_meets(attestations, comparisons, at)) bitmap |= bit;
        bit <<= 1;
      }
    }
  }

  /// @inheritdoc IAttributeRegistry
  function attestation(
    address account,
    bytes32 attribute
  ) external view returns (uint64 expiry, address authority, uint32 number) {
    Attestation storage found = _attestations[account][attribute];
    return (found.expiry, found.authority, found.number);
  }

  /// @inheritdoc IAttributeRegistry
  function authorityAnchor() external view returns (bytes32 abePublicKeyHash, bytes32 caFingerprint) {
    return (_abePublicKeyHash, _caFingerprint);
  }

  /// @inheritdoc IAttributeRegistry
  function certificateRevoked(bytes32 fingerprint) external view returns (bool revoked) {
    return _revokedCertificates[fingerprint];
  }

  /// @dev Whether an account's number meets the comparison at an offset within bounds.
  function _meets(
    mapping(bytes32 attribute => Attestation attestation) storage attestations,
    bytes calldata comparisons,
    uint256 at
  ) private view returns (bool met) {
    bytes32 slot;
    uint256 tail;
    assembly ("memory-safe") {
      let comparison := add(comparisons.offset, at)
      slot := calldataload(comparison)
      // Ends with operator and value.
      tail := calldataload(add(comparison, 5))
    }
    Attestation storage found = attestations[slot];
    // Both at once: the compiler reads the slot once then.
    (uint256 expiry, uint256 number) = (found.expiry, found.number);
    uint256 operator = uint8(tail >> 32);
    uint256 value = uint32(tail);
    if (operator == AT_LEAST) met = number >= value;
    else if (operator == AT_MOST) met = number <= value;
    else if (operator == EQUAL) met = number == value;
    else revert AttributeRegistryOperatorUnknown(operator);
    // Without this a number that isn't there would be 0.
    met = met && expiry > block.timestamp;
  }

  /// @dev Fails for what can't be attested at all.
  function _checkAttesting(address account, uint256 count, uint64 expiry) private view {
    if (count == 0) revert AttributeRegistryNoAttributes();
    if (account == address(0)) revert AttributeRegistryAccountZero();
    if (expiry <= block.timestamp) revert AttributeRegistryExpiryPassed(expiry);
  }
}
