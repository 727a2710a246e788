// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IIndexLedger} from "../../contracts/interfaces/IIndexLedger.sol";
import {IIndexRecords} from "../../contracts/interfaces/IIndexRecords.sol";
import {LedgerWorld} from "./LedgerWorld.sol";
import {PROVER} from "./Prover.sol";

/// @title What is proven of grants: given by the rule, and releasable exactly while the rule holds
/// @dev One ledger record; see {LedgerWorld} for its policy. Any answer of the registry is what `held` stands for.
contract GrantProof is LedgerWorld {
  /// A request is granted exactly if nothing is paused, closed or blocked, the policy allows the purpose and is satisfied; it is
  /// live then; its id is as documented, and it is refused exactly for an expiry out of range.
  function checkGrantedExactlyByTheRule(
    address requester,
    bool paused,
    bool blocked,
    bool closed,
    uint256 held,
    uint8 purpose,
    uint64 expiry
  ) external {
    PROVER.assume(_leafOf(requester) != ATTRIBUTE);
    _arrange(requester, paused, blocked, closed, held);
    bytes memory call = _requestCall(purpose, expiry);
    PROVER.prank(requester);
    (bool done, bytes memory answer) = address(ledger).call(call);
    assert(done == (expiry > START && expiry < 2 ** 32));
    if (!done) return;
    (bytes32 requestId, bool granted) = abi.decode(answer, (bytes32, bool));
    bool allowed = purpose == PURPOSE || purpose == OTHER_PURPOSE;
    assert(granted == (!paused && !blocked && !closed && allowed && held & 3 == 3));
    assert(_isReleasable(requestId) == granted);
    assert(requestId == _idOf(requester, purpose, expiry));
  }

  /// An account's own `id:` leaf is held by that account, whatever the registry says, and by nobody else.
  function checkOwnLeafIsHeldByItsAccountAlone(address requester, uint256 held) external {
    _does(_publishCall(2, 1, _programOf("", _leafOf(REQUESTER), 2)));
    registry.setHeld(held);
    PROVER.prank(requester);
    (bytes32 requestId, bool granted) = abi.decode(_does(_requestCall(0, START + 1)), (bytes32, bool));
    assert(granted == (held & 2 == 2 && (held & 1 == 1 || requester == REQUESTER)));
    assert(_isReleasable(requestId) == granted);
  }

  /// Whatever changes after a grant, its status is the first that applies, and Live exactly while all of the rule holds. A
  /// pause changes nothing.
  function checkReleasableExactlyByTheRule(
    bool revoked,
    bool paused,
    bool blocked,
    bool closed,
    uint256 held,
    uint64 expiry,
    uint64 time
  ) external {
    PROVER.assume(expiry > START && expiry < 2 ** 32 && time >= START);
    bytes32 requestId = _grant(PURPOSE, expiry);
    if (revoked) _does(abi.encodeCall(IIndexLedger.revokeGrant, (requestId)));
    _arrange(REQUESTER, paused, blocked, closed, held);
    PROVER.warp(time);
    IIndexLedger.Status expected = IIndexLedger.Status.Live;
    if (held & 3 != 3) expected = IIndexLedger.Status.PolicyNotSatisfied;
    if (blocked) expected = IIndexLedger.Status.Blocked;
    if (closed) expected = IIndexLedger.Status.Closed;
    if (time >= expiry) expected = IIndexLedger.Status.Expired;
    if (revoked) expected = IIndexLedger.Status.Revoked;
    assert(_statusOf(requestId) == expected);
    assert(_isReleasable(requestId) == (expected == IIndexLedger.Status.Live));
  }

  /// The policy and the purposes that count are those of now, not those that a grant was given under.
  function checkRulesOfNowDecide(uint8 purpose, uint8 allowed, uint8 k, uint256 held) external {
    PROVER.assume(purpose == PURPOSE || purpose == OTHER_PURPOSE);
    PROVER.assume(allowed != 0 && (k == 1 || k == 2));
    bytes32 requestId = _grant(purpose, START + 100);
    registry.setHeld(held);
    _does(_publishCall(2, 1, _programOf(bytes.concat(bytes1(allowed)), ATTRIBUTE, k)));
    uint256 count = (held & 1) + ((held >> 1) & 1);
    IIndexLedger.Status expected = IIndexLedger.Status.Live;
    if (count < k) expected = IIndexLedger.Status.PolicyNotSatisfied;
    if (allowed != purpose) expected = IIndexLedger.Status.PurposeNotAllowed;
    assert(_statusOf(requestId) == expected);
  }

  /// A grant covers the versions of its epoch, and none of the next; versions and epochs go on one by one.
  function checkEpochEndsGrants(uint64 version, uint64 epoch, bool closed, bool keepsRules) external {
    bytes32 requestId = _grant(PURPOSE, START + 100);
    if (closed) _does(abi.encodeCall(IIndexRecords.close, (recordId)));
    bool published = _tries(
      keepsRules
        ? abi.encodeCall(IIndexRecords.republish, (recordId, version, epoch, hex"abcd"))
        : _publishCall(version, epoch, _program())
    );
    assert(published == (version == 2 && (epoch == 2 || (epoch == 1 && !closed))));
    assert(_isReleasable(requestId) == (!closed && (!published || epoch == 1)));
  }

  /// What was granted once isn't granted again: a revoked request stays revoked.
  function checkGrantedOnce(bool revoked, uint64 time) external {
    PROVER.assume(time >= START);
    bytes32 requestId = _grant(PURPOSE, START + 100);
    if (revoked) _does(abi.encodeCall(IIndexLedger.revokeGrant, (requestId)));
    PROVER.warp(time);
    PROVER.prank(REQUESTER);
    assert(!_tries(_requestCall(PURPOSE, START + 100)));
    assert(_isReleasable(requestId) == (!revoked && time < START + 100));
  }

  /// @dev The id of {_requestCall} as documented.
  function _idOf(address requester, uint8 purpose, uint64 expiry) private view returns (bytes32 id) {
    bytes32 key = keccak256(_responseKey());
    bytes memory head = abi.encode(block.chainid, address(ledger), recordId, uint64(1));
    return keccak256(bytes.concat(head, abi.encode(requester, bytes32(uint256(7)), purpose, key, expiry)));
  }

  function _arrange(address requester, bool paused, bool blocked, bool closed, uint256 held) private {
    registry.setHeld(held);
    if (paused) _does(abi.encodeCall(IIndexLedger.pause, ()));
    if (blocked) _does(abi.encodeCall(IIndexRecords.setBlocked, (recordId, requester, true)));
    if (closed) _does(abi.encodeCall(IIndexRecords.close, (recordId)));
  }

  function _leafOf(address account) private pure returns (bytes32 leaf) {
    return keccak256(bytes.concat("id:", bytes(Strings.toHexString(account))));
  }
}
