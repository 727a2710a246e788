// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AttributeRegistry} from "../../../contracts/AttributeRegistry.sol";
import {KeyRegistry} from "../../../contracts/KeyRegistry.sol";
import {StorageLedger} from "../../../contracts/StorageLedger.sol";
import {IAttributeRegistry} from "../../../contracts/interfaces/IAttributeRegistry.sol";
import {IIndexLedger} from "../../../contracts/interfaces/IIndexLedger.sol";
import {Vm} from "./Vm.sol";

/// @title What a ledger should be in after some acts, written as plainly as can be
/// @notice Four accounts are owners and requesters alike; each may be the first owner of two ledger records.
abstract contract LedgerModel {
  struct RecordModel {
    bool exists;
    uint256 owner;
    uint64 version;
    uint64 epoch;
    bool closed;
    bool rulesForeign;
    uint256 policy;
    // an account's place and 1; 0 for nobody
    uint256 offeredTo;
  }

  struct GrantModel {
    bytes32 requestId;
    uint256 record;
    uint256 requester;
    uint64 epoch;
    uint64 expiry;
    uint8 purpose;
    bool revoked;
  }

  Vm internal constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
  uint256 public constant ACCOUNTS = 4;
  uint256 public constant RECORDS = 8;
  uint256 public constant POLICIES = 5;
  uint256 internal constant FIRST_KEY = 0xd1970;
  address internal constant ADMIN = address(0xad);
  address internal constant AUTHORITY = address(0xa0);

  StorageLedger public ledger;
  AttributeRegistry public registry;

  uint64 public time = 1_800_000_000;
  bool public paused;
  RecordModel[RECORDS] internal _records;
  GrantModel[] internal _grants;
  bytes32[] internal _denied;
  mapping(bytes32 requestId => bool granted) internal _wasGranted;
  mapping(uint256 record => mapping(uint256 account => bool blocked)) internal _blocked;
  mapping(uint256 account => mapping(uint256 attribute => uint64 expiry)) internal _expiry;
  uint32[ACCOUNTS] internal _level;
  uint256[ACCOUNTS] public nonces;

  constructor() {
    VM.warp(time);
    registry = new AttributeRegistry(ADMIN, 1, AUTHORITY);
    KeyRegistry keys = new KeyRegistry(ADMIN, 1, ADMIN);
    ledger = new StorageLedger(registry, keys, ADMIN, 1, ADMIN);
  }

  function accountOf(uint256 place) public pure returns (address account) {
    return VM.addr(FIRST_KEY + place);
  }

  function idOf(uint256 record) public pure returns (bytes32 ledgerRecordId) {
    return keccak256(abi.encode(accountOf(record / 2), bytes32(record % 2)));
  }

  function recordOf(uint256 record) public view returns (RecordModel memory found) {
    return _records[record];
  }

  function grantAt(uint256 i) public view returns (GrantModel memory found) {
    return _grants[i];
  }

  function grantCount() public view returns (uint256 count) {
    return _grants.length;
  }

  function deniedAt(uint256 i) public view returns (bytes32 requestId) {
    return _denied[i];
  }

  function deniedCount() public view returns (uint256 count) {
    return _denied.length;
  }

  function wasGranted(bytes32 requestId) public view returns (bool granted) {
    return _wasGranted[requestId];
  }

  /// Policies by number: role:a; role:a and role:b; role:a or id of account 0; role:b for purpose 1; level >= 3.
  function programOf(uint256 policy) public pure returns (bytes memory program) {
    bytes32 a = keccak256("role:a");
    bytes32 b = keccak256("role:b");
    if (policy == 0) return abi.encodePacked(hex"01010000", a, hex"00");
    if (policy == 1) return abi.encodePacked(hex"01020000", a, b, hex"0001400202");
    if (policy == 2) return abi.encodePacked(hex"01020000", a, _idLeafOf(0), hex"0001400102");
    if (policy == 3) return abi.encodePacked(hex"0101000101", b, hex"00");
    return abi.encodePacked(hex"01000100", keccak256(hex"02016c6576656c"), hex"0100000003", hex"00");
  }

  /// Whether an account satisfies a policy now.
  function satisfies(uint256 policy, uint256 account) public view returns (bool satisfied) {
    bool a = _expiry[account][0] > time;
    bool b = _expiry[account][1] > time;
    if (policy == 0) return a;
    if (policy == 1) return a && b;
    if (policy == 2) return a || account == 0;
    if (policy == 3) return b;
    return _expiry[account][2] > time && _level[account] >= 3;
  }

  /// What a request would be told now, a pause aside.
  function decide(
    uint256 record,
    uint256 account,
    uint8 purpose
  ) public view returns (IIndexLedger.Decision decision) {
    RecordModel memory found = _records[record];
    if (found.closed) return IIndexLedger.Decision.Closed;
    if (_blocked[record][account]) return IIndexLedger.Decision.Blocked;
    if (found.policy == 3 && purpose != 1) return IIndexLedger.Decision.PurposeNotAllowed;
    if (!satisfies(found.policy, account)) return IIndexLedger.Decision.PolicyNotSatisfied;
    return IIndexLedger.Decision.Granted;
  }

  /// Where a grant stands now.
  function statusOf(uint256 i) public view returns (IIndexLedger.Status status) {
    GrantModel memory grant = _grants[i];
    if (grant.revoked) return IIndexLedger.Status.Revoked;
    if (time >= grant.expiry) return IIndexLedger.Status.Expired;
    if (grant.epoch != _records[grant.record].epoch) return IIndexLedger.Status.EpochEnded;
    IIndexLedger.Decision decision = decide(grant.record, grant.requester, grant.purpose);
    if (decision == IIndexLedger.Decision.Closed) return IIndexLedger.Status.Closed;
    if (decision == IIndexLedger.Decision.Blocked) return IIndexLedger.Status.Blocked;
    if (decision == IIndexLedger.Decision.PurposeNotAllowed) return IIndexLedger.Status.PurposeNotAllowed;
    if (decision == IIndexLedger.Decision.PolicyNotSatisfied) return IIndexLedger.Status.PolicyNotSatisfied;
    return IIndexLedger.Status.Live;
  }

  function isBlocked(uint256 record, uint256 account) public view returns (bool blocked) {
    return _blocked[record][account];
  }

  function attributeExpiry(uint256 account, uint256 attribute) public view returns (uint64 expiry) {
    return _expiry[account][attribute];
  }

  function _attributes(uint256 which) internal pure returns (string[] memory texts) {
    texts = new string[](1);
    texts[0] = which == 0 ? "role:a" : "role:b";
  }

  function _number(uint32 value) internal pure returns (IAttributeRegistry.NumberGiven[] memory numbers) {
    numbers = new IAttributeRegistry.NumberGiven[](1);
    numbers[0] = IAttributeRegistry.NumberGiven({label: "level", unit: 1, value: value});
  }

  function _idLeafOf(uint256 place) private pure returns (bytes32 leaf) {
    bytes memory hexed = "id:0x0000000000000000000000000000000000000000";
    bytes16 digits = "0123456789abcdef";
    uint160 account = uint160(accountOf(place));
    for (uint256 i = 0; i < 40; ++i) {
      hexed[44 - i] = digits[account & 15];
      account >>= 4;
    }
    return keccak256(hexed);
  }
}
