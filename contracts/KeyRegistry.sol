// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {ReceiptAnchors} from "./ReceiptAnchors.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";
import {CodeBlob} from "./libraries/CodeBlob.sol";

/// @title KeyRegistry
/// @notice See {IKeyRegistry}. The administrator appoints gate administrators and hands its role on in two steps.
/// What gates sign is under the EIP-712 domain "Diptych KeyRegistry".
contract KeyRegistry is IKeyRegistry, ReceiptAnchors, AccessControlDefaultAdminRules {
  using EnumerableSet for EnumerableSet.AddressSet;

  /// @dev A gate's entry; the key stays when it is removed.
  struct Gate {
    bytes hpkeKey;
    string url;
  }

  /// @dev Two slots; the blob is: gates (20 bytes each), commitments (65 each), then each share after its length (2).
  /// A bit of complaints a gate: 31 fit, and the next deal clears them.
  struct KeySet {
    address dealer;
    uint64 generation;
    uint8 threshold;
    uint8 gateCount;
    address blob;
    uint32 complaints;
  }

  /// @notice The role of those who register and remove gates.
  bytes32 public constant GATE_ADMIN_ROLE = keccak256("GATE_ADMIN_ROLE");

  uint256 private constant POINT_SIZE = 65;
  uint256 private constant MAX_GATES = 31;
  uint256 private constant MAX_SHARE_SIZE = 512;
  uint256 private constant MAX_URL_SIZE = 256;
  uint256 private constant MAX_EVIDENCE_SIZE = 512;

  bytes32 private constant GATE_TYPEHASH = keccak256("Gate(address account,bytes hpkeKey)");

  /// @dev accounts of the registered gates
  EnumerableSet.AddressSet private _gateAccounts;

  /// @dev account => key and url of an account that is or was a gate
  mapping(address account => Gate gate) private _gates;

  /// @dev id => current generation of a key set; dealer zero if there is none
  mapping(bytes32 id => KeySet keySet) private _keySets;

  /// @notice Appoints the administrator and the first gate administrator; the deployer gets no role.
  /// @param admin the administrator
  /// @param adminDelay how many seconds must pass before a new administrator can accept
  /// @param gateAdmin the first gate administrator
  constructor(
    address admin,
    uint48 adminDelay,
    address gateAdmin
  ) EIP712("Diptych KeyRegistry", "1") AccessControlDefaultAdminRules(adminDelay, admin) {
    _grantRole(GATE_ADMIN_ROLE, gateAdmin);
  }

  /// @inheritdoc IKeyRegistry
  function setGate(
    address account,
    bytes calldata hpkeKey,
    string calldata url,
    bytes calldata signature
  ) external onlyRole(GATE_ADMIN_ROLE) {
    if (account == address(0)) revert KeyRegistryGateZero();
    _checkPoints(hpkeKey, 1);
    uint256 size = bytes(url).length;
    if (size == 0 || size > MAX_URL_SIZE) revert KeyRegistryUrlSize(size);
    bytes32 keyHash = keccak256(hpkeKey);
    bytes memory earlier = _gates[account].hpkeKey;
    if (earlier.length != 0 && keccak256(earlier) != keyHash) revert KeyRegistryGateKeyFixed(account);
    bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(GATE_TYPEHASH, account, keyHash)));
    if (!SignatureChecker.isValidSignatureNow(account, digest, signature)) {
      revert KeyRegistrySignatureInvalid(account);
    }
    _gateAccounts.add(account);
    _gates[account] = Gate({hpkeKey: hpkeKey, url: url});
    emit GateSet(account, hpkeKey, url);
  }

  /// @inheritdoc IKeyRegistry
  function removeGate(address account) external onlyRole(GATE_ADMIN_ROLE) {
    if (!_gateAccounts.remove(account)) revert KeyRegistryGateUnknown(account);
    delete _gates[account].url;
    emit GateRemoved(account);
  }

  /// @inheritdoc IKeyRegistry
  function deal(
    bytes calldata indexKey,
    uint64 generation,
    uint8 threshold,
    address[] calldata gates,
    bytes calldata commitments,
    bytes[] calldata sealedShares
  ) external returns (bytes32 id) {
    uint256 n = gates.length;
    if (threshold == 0 || threshold > n || n > MAX_GATES) revert KeyRegistryThresholdInvalid(threshold, n);
    _checkPoints(indexKey, 1);
    _checkPoints(commitments, threshold);
    if (keccak256(commitments[:POINT_SIZE]) != keccak256(indexKey)) revert KeyRegistryCommitmentMismatch();

    id = keccak256(abi.encode(msg.sender, keccak256(indexKey)));
    uint64 due = _keySets[id].generation + 1;
    if (generation != due) revert KeyRegistryGenerationMismatch(due, generation);
    address blob = CodeBlob.write(bytes.concat(_packGates(gates), commitments, _packShares(sealedShares, n)));
    _keySets[id] = KeySet({
      dealer: msg.sender,
      generation: generation,
      threshold: threshold,
      gateCount: uint8(n),
      blob: blob,
      complaints: 0
    });
    emit KeySetDealt(id, msg.sender, generation, threshold, uint8(n));
  }

  /// @inheritdoc IKeyRegistry
  function complain(bytes32 id, uint64 generation, bytes calldata evidence) external {
    KeySet memory found = _demandKeySet(id);
    if (generation != found.generation) revert KeyRegistryGenerationMismatch(found.generation, generation);
    uint256 size = evidence.length;
    if (size == 0 || size > MAX_EVIDENCE_SIZE) revert KeyRegistryEvidenceSize(size);
    uint256 place = 0;
    while (place < found.gateCount && _gateAt(found.blob, place) != msg.sender) ++place;
    if (place == found.gateCount) revert KeyRegistryNoShare(msg.sender);
    uint32 bit = uint32(1 << place);
    if (found.complaints & bit != 0) revert KeyRegistryComplaintTwice(msg.sender);
    _keySets[id].complaints = found.complaints | bit;
    emit ShareComplained(id, msg.sender, generation, evidence);
  }

  /// @inheritdoc IKeyRegistry
  function gate(address account) external view returns (bytes memory hpkeKey, string memory url) {
    if (!_gateAccounts.contains(account)) return ("", "");
    Gate storage found = _gates[account];
    return (found.hpkeKey, found.url);
  }

  /// @inheritdoc IKeyRegistry
  function gateKey(address account) external view returns (bytes memory hpkeKey) {
    return _gates[account].hpkeKey;
  }

  /// @inheritdoc IKeyRegistry
  function gateAccounts() external view returns (address[] memory accounts) {
    return _gateAccounts.values();
  }

  /// @inheritdoc IKeyRegistry
  function keySet(bytes32 id) external view returns (KeySetView memory current) {
    KeySet memory found = _demandKeySet(id);
    current.dealer = found.dealer;
    current.generation = found.generation;
    current.threshold = found.threshold;
    uint256 n = found.gateCount;
    current.gates = new address[](n);
    for (uint256 i = 0; i < n; ++i) {
      current.gates[i] = _gateAt(found.blob, i);
    }
    uint256 at = 20 * n;
    current.indexKey = CodeBlob.read(found.blob, at, POINT_SIZE);
    current.commitments = CodeBlob.read(found.blob, at, POINT_SIZE * found.threshold);
    at += POINT_SIZE * found.threshold;
    current.sealedShares = new bytes[](n);
    for (uint256 i = 0; i < n; ++i) {
      uint256 size = uint16(bytes2(CodeBlob.read(found.blob, at, 2)));
      current.sealedShares[i] = CodeBlob.read(found.blob, at + 2, size);
      at += 2 + size;
    }
  }

  /// @inheritdoc IKeyRegistry
  function complaints(bytes32 id) external view returns (uint32 places) {
    return _demandKeySet(id).complaints;
  }

  /// @inheritdoc IKeyRegistry
  function dealerOf(bytes32 id) external view returns (address dealer) {
    return _keySets[id].dealer;
  }

  /// @dev Fails unless the account is a registered gate.
  function _checkGate(address account) internal view override {
    if (!_gateAccounts.contains(account)) revert KeyRegistryGateUnknown(account);
  }

  /// @dev The key set of this id; fails if there is none.
  function _demandKeySet(bytes32 id) private view returns (KeySet memory found) {
    found = _keySets[id];
    if (found.dealer == address(0)) revert KeyRegistryKeySetUnknown(id);
  }

  /// @dev The account of the gate in this place.
  function _gateAt(address blob, uint256 place) private view returns (address account) {
    return address(bytes20(CodeBlob.readWord(blob, 20 * place)));
  }

  /// @dev The gates' accounts, 20 bytes each; fails unless each is registered and stands there once.
  function _packGates(address[] calldata gates) private view returns (bytes memory packed) {
    for (uint256 i = 0; i < gates.length; ++i) {
      _checkGate(gates[i]);
      for (uint256 j = 0; j < i; ++j) {
        if (gates[j] == gates[i]) revert KeyRegistryGateTwice(gates[i]);
      }
      packed = bytes.concat(packed, bytes20(gates[i]));
    }
  }

  /// @dev Each sealed share after its length in two bytes; fails unless there are n.
  function _packShares(bytes[] calldata shares, uint256 n) private pure returns (bytes memory packed) {
    if (shares.length != n) revert KeyRegistrySharesMalformed();
    for (uint256 i = 0; i < n; ++i) {
      uint256 size = shares[i].length;
      if (size == 0 || size > MAX_SHARE_SIZE) revert KeyRegistrySharesMalformed();
      packed = bytes.concat(packed, bytes2(uint16(size)), shares[i]);
    }
  }

  /// @dev Fails unless these are `count` uncompressed points; whether they lie on the curve isn't looked at.
  function _checkPoints(bytes calldata points, uint256 count) private pure {
    if (points.length != POINT_SIZE * count) revert KeyRegistryPointMalformed();
    for (uint256 at = 0; at < points.length; at += POINT_SIZE) {
      if (points[at] != 0x04) revert KeyRegistryPointMalformed();
    }
  }
}
