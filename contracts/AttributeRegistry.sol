// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title AttributeRegistry
/// @notice See {IAttributeRegistry}. The administrator appoints authorities, assigns labels, replaces anchored keys and hands
/// its role on in two steps. Several calls of one sender can be made in one transaction, all or none, by {multicall}.
contract AttributeRegistry is IAttributeRegistry, AccessControlDefaultAdminRules, Multicall {
  /// @dev One slot. The number of a plain attribute is zero.
  struct Attestation {
    address authority;
    uint64 expiry;
    uint32 number;
  }

  /// @dev Comparisons are as in policy programs: see {PolicyProgram}.
  uint256 private constant COMPARISON_SIZE = PolicyProgram.COMPARISON_SIZE;
  uint256 private constant AT_LEAST = 0x01;
  uint256 private constant AT_MOST = 0x02;
  uint256 private constant EQUAL = 0x03;

  uint256 private constant MAX_TEXT_SIZE = 256;
  bytes1 private constant SLOT_PREFIX = 0x02;
  uint8 private constant NUMBER = 0x01;
  uint8 private constant DATE = 0x02;
  bytes32 private constant RESERVED_LABEL = keccak256("id");

  /// @notice The role of those who attest and revoke under labels that aren't assigned, and anchor.
  bytes32 public constant AUTHORITY_ROLE = keccak256("AUTHORITY_ROLE");

  /// @dev account => attribute, or slot of a number => attestation; expiry 0 if there is none
  mapping(address account => mapping(bytes32 attribute => Attestation attestation)) private _attestations;

  /// @dev certificates revoked, by SHA-256
  mapping(bytes32 fingerprint => bool revoked) private _revokedCertificates;

  /// @dev hash of the CP-ABE public key
  bytes32 private _abePublicKeyHash;

  /// @dev SHA-256 of the certification authority's certificate
  bytes32 private _caFingerprint;

  /// @dev SHA-256 of the list of revoked certificates
  bytes32 private _revocationList;

  /// @dev keccak-256 of a label => who alone attests under it; zero for every holder of AUTHORITY_ROLE
  mapping(bytes32 labelHash => address authority) private _labelAuthorities;

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
  function attest(address account, string[] calldata attributes, uint64 expiry) external {
    _checkAttesting(account, attributes.length, expiry);
    for (uint256 i = 0; i < attributes.length; ++i) {
      bytes32 attribute = _leafOf(attributes[i]);
      _attestations[account][attribute] = Attestation({authority: msg.sender, expiry: expiry, number: 0});
      emit Attested(account, attribute, msg.sender, expiry, attributes[i]);
    }
  }

  /// @inheritdoc IAttributeRegistry
  function attestNumbers(address account, NumberGiven[] calldata numbers, uint64 expiry) external {
    _checkAttesting(account, numbers.length, expiry);
    for (uint256 i = 0; i < numbers.length; ++i) {
      NumberGiven calldata given = numbers[i];
      bytes32 slot = _slotOf(given.label, given.unit);
      _attestations[account][slot] = Attestation({
        authority: msg.sender,
        expiry: expiry,
        number: given.value
      });
      emit NumberAttested(account, slot, msg.sender, given.value, expiry, given.label, given.unit);
    }
  }

  /// @inheritdoc IAttributeRegistry
  function revoke(address account, string[] calldata attributes) external {
    if (attributes.length == 0) revert AttributeRegistryNoAttributes();
    for (uint256 i = 0; i < attributes.length; ++i) {
      _revoke(account, _leafOf(attributes[i]));
    }
  }

  /// @inheritdoc IAttributeRegistry
  function revokeNumbers(address account, NumberSlot[] calldata numbers) external {
    if (numbers.length == 0) revert AttributeRegistryNoAttributes();
    for (uint256 i = 0; i < numbers.length; ++i) {
      _revoke(account, _slotOf(numbers[i].label, numbers[i].unit));
    }
  }

  /// @inheritdoc IAttributeRegistry
  function assignLabel(string calldata label, address authority) external onlyRole(DEFAULT_ADMIN_ROLE) {
    bytes32 labelHash = keccak256(bytes(label));
    _checkNotReserved(labelHash, label);
    _labelAuthorities[labelHash] = authority;
    emit LabelAssigned(labelHash, authority, label);
  }

  /// @inheritdoc IAttributeRegistry
  function anchorAuthority(bytes32 abePublicKeyHash, bytes32 caFingerprint) external {
    if (!hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) {
      if (!hasRole(AUTHORITY_ROLE, msg.sender)) revert AttributeRegistryNotAuthority(msg.sender);
      if (_abePublicKeyHash != 0) revert AttributeRegistryAnchorStands(msg.sender);
    }
    if (abePublicKeyHash == 0 || caFingerprint == 0) revert AttributeRegistryAnchorZero();
    _abePublicKeyHash = abePublicKeyHash;
    _caFingerprint = caFingerprint;
    emit AuthorityAnchored(abePublicKeyHash, caFingerprint, msg.sender);
  }

  /// @inheritdoc IAttributeRegistry
  function anchorRevocationList(bytes32 hash) external onlyRole(AUTHORITY_ROLE) {
    if (hash == 0) revert AttributeRegistryAnchorZero();
    _revocationList = hash;
    emit RevocationListAnchored(hash, msg.sender);
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
  function revocationList() external view returns (bytes32 hash) {
    return _revocationList;
  }

  /// @inheritdoc IAttributeRegistry
  function labelAuthority(bytes32 labelHash) external view returns (address authority) {
    return _labelAuthorities[labelHash];
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

  /// @dev Revokes one attestation; that the caller may has been checked.
  function _revoke(address account, bytes32 attribute) private {
    if (_attestations[account][attribute].expiry == 0)
      revert AttributeRegistryNotAttested(account, attribute);
    delete _attestations[account][attribute];
    emit Revoked(account, attribute, msg.sender);
  }

  /// @dev Fails for what can't be attested at all.
  function _checkAttesting(address account, uint256 count, uint64 expiry) private view {
    if (count == 0) revert AttributeRegistryNoAttributes();
    if (account == address(0)) revert AttributeRegistryAccountZero();
    if (expiry <= block.timestamp) revert AttributeRegistryExpiryPassed(expiry);
  }

  /// @dev keccak-256 of an attribute; fails unless the caller may attest it.
  function _leafOf(string calldata attribute) private view returns (bytes32 leaf) {
    bytes calldata text = bytes(attribute);
    _checkText(text);
    uint256 size = text.length;
    uint256 at = 0;
    while (at < size && text[at] != ":") {
      ++at;
    }
    bytes32 labelHash = at == size ? keccak256("") : keccak256(text[:at]);
    _checkLabel(labelHash, attribute);
    return keccak256(text);
  }

  /// @dev The slot of a number; fails unless the caller may attest it.
  function _slotOf(string calldata label, uint8 unit) private view returns (bytes32 slot) {
    if (unit != NUMBER && unit != DATE) revert AttributeRegistryUnitUnknown(unit);
    _checkText(bytes(label));
    bytes32 labelHash = keccak256(bytes(label));
    _checkLabel(labelHash, label);
    return keccak256(bytes.concat(SLOT_PREFIX, bytes1(unit), bytes(label)));
  }

  /// @dev Fails for the label that stands for accounts themselves.
  function _checkNotReserved(bytes32 labelHash, string calldata text) private pure {
    if (labelHash == RESERVED_LABEL) revert AttributeRegistryLabelReserved(text);
  }

  /// @dev Fails unless the caller may attest and revoke what is written under a label.
  function _checkLabel(bytes32 labelHash, string calldata text) private view {
    _checkNotReserved(labelHash, text);
    address authority = _labelAuthorities[labelHash];
    if (authority == address(0)) _checkRole(AUTHORITY_ROLE);
    else if (authority != msg.sender) revert AttributeRegistryLabelForeign(labelHash, authority);
  }

  /// @dev Fails for texts that are no attribute's or label's. A control character at the start would reach into slots.
  function _checkText(bytes calldata text) private pure {
    if (text.length == 0 || text.length > MAX_TEXT_SIZE || text[0] < 0x20) {
      revert AttributeRegistryTextMalformed(string(text));
    }
  }
}
