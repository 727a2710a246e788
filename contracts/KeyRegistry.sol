// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";
import {CodeBlob} from "./libraries/CodeBlob.sol";

/// @title KeyRegistry
/// @notice See {IKeyRegistry}. The administrator appoints gate administrators and hands its role on in two steps.
contract KeyRegistry is IKeyRegistry, AccessControlDefaultAdminRules {
  using EnumerableSet for EnumerableSet.AddressSet;

  /// @dev A gate's entry.
  struct Gate {
    bytes hpkeKey;
    string url;
  }

  /// @dev Two slots; the blob is: gates (20 bytes each), commitments (65 each), then each share after its length (2).
  struct KeySet {
    address dealer;
    uint64 generation;
    uint8 threshold;
    uint8 gateCount;
    address blob;
  }

  /// @notice The role of those who register and remove gates.
  bytes32 public constant GATE_ADMIN_ROLE = keccak256("GATE_ADMIN_ROLE");

  uint256 private constant POINT_SIZE = 65;
  uint256 private constant MAX_GATES = 31;
  uint256 private constant MAX_SHARE_SIZE = 512;
  uint256 private constant MAX_URL_SIZE = 256;

  /// @dev accounts of the registered gates
  EnumerableSet.AddressSet private _gateAccounts;

  /// @dev account => key and url of a registered gate
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
  ) AccessControlDefaultAdminRules(adminDelay, admin) {
    _grantRole(GATE_ADMIN_ROLE, gateAdmin);
  }

  /// @inheritdoc IKeyRegistry
  function setGate(
    address account,
    bytes calldata hpkeKey,
    string calldata url
  ) external onlyRole(GATE_ADMIN_ROLE) {
    if (account == address(0)) revert KeyRegistryGateZero();
    _checkPoints(hpkeKey, 1);
    uint256 size = bytes(url).length;
    if (size == 0 || size > MAX_URL_SIZE) revert KeyRegistryUrlSize(size);
    _gateAccounts.add(account);
    _gates[account] = Gate({hpkeKey: hpkeKey, url: url});
    emit GateSet(account, hpkeKey, url);
  }

  /// @inheritdoc IKeyRegistry
  function removeGate(address account) external onlyRole(GATE_ADMIN_ROLE) {
    if (!_gateAccounts.remove(account)) revert KeyRegistryGateUnknown(account);
    delete _gates[account];
    emit GateRemoved(account);
  }

  /// @inheritdoc IKeyRegistry
  function deal(
    bytes calldata indexKey,
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

    address blob = CodeBlob.write(bytes.concat(_packGates(gates), commitments, _packShares(sealedShares, n)));
    id = keccak256(abi.encode(msg.sender, keccak256(indexKey)));
    uint64 generation = _keySets[id].generation + 1;
    _keySets[id] = KeySet({
      dealer: msg.sender,
      generation: generation,
      threshold: threshold,
      gateCount: uint8(n),
      blob: blob
    });
    emit KeySetDealt(id, msg.sender, generation, threshold, uint8(n));
  }

  /// @inheritdoc IKeyRegistry
  function gate(address account) external view returns (bytes memory hpkeKey, string memory url) {
    Gate storage found = _gates[account];
    return (found.hpkeKey, found.url);
  }

  /// @inheritdoc IKeyRegistry
  function gateAccounts() external view returns (address[] memory accounts) {
    return _gateAccounts.values();
  }

  /// @inheritdoc IKeyRegistry
  function keySet(bytes32 id) external view returns (KeySetView memory current) {
    KeySet memory found = _keySets[id];
    if (found.dealer == address(0)) revert KeyRegistryKeySetUnknown(id);
    current.dealer = found.dealer;
    current.generation = found.generation;
    current.threshold = found.threshold;
    uint256 n = found.gateCount;
    current.gates = new address[](n);
    for (uint256 i = 0; i < n; ++i) {
      current.gates[i] = address(bytes20(CodeBlob.read(found.blob, 20 * i, 20)));
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
  function dealerOf(bytes32 id) external view returns (address dealer) {
    return _keySets[id].dealer;
  }

  /// @dev The gates' accounts, 20 bytes each; fails unless each is registered and stands there once.
  function _packGates(address[] calldata gates) private view returns (bytes memory packed) {
    for (uint256 i = 0; i < gates.length; ++i) {
      if (!_gateAccounts.contains(gates[i])) revert KeyRegistryGateUnknown(gates[i]);
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
