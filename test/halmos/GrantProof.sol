// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {StorageLedger} from "../../contracts/StorageLedger.sol";
import {IAttributeRegistry} from "../../contracts/interfaces/IAttributeRegistry.sol";
import {IIndexLedger} from "../../contracts/interfaces/IIndexLedger.sol";
import {IKeyRegistry} from "../../contracts/interfaces/IKeyRegistry.sol";

interface Prover {
  function warp(uint256 time) external;

  function prank(address sender) external;

  function assume(bool condition) external;
}

/// @dev Both registries at once, as far as the ledger asks them: any answer that the prover likes.
contract AnyRegistry {
  address private immutable owner = msg.sender;
  uint256 private _held;

  function setHeld(uint256 held) external {
    _held = held;
  }

  function holds(address, bytes32[] calldata, bytes calldata) external view returns (uint256 bitmap) {
    return _held;
  }

  function dealerOf(bytes32) external view returns (address dealer) {
    return owner;
  }
}

/// @title What is proven of grants: whatever happens after a request, it's releasable exactly when the rule says so
/// @dev One ledger record of the policy "leaf 0 and leaf 1"; the test itself is its owner.
contract GrantProof {
  Prover private constant PROVER = Prover(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
  uint64 private constant START = 1_700_000_000;

  AnyRegistry private registry;
  StorageLedger private ledger;
  bytes32 private recordId;

  function setUp() public {
    PROVER.warp(START);
    registry = new AnyRegistry();
    ledger = new StorageLedger(IAttributeRegistry(address(registry)), IKeyRegistry(address(registry)));
    recordId = keccak256(abi.encode(address(this), bytes32(0)));
    _publish(1, 1);
  }

  /// A request is granted exactly to those who aren't blocked and satisfy the policy, and then is live.
  function checkGrantedExactlyByTheRule(
    address requester,
    bool blocked,
    bool closed,
    uint256 held,
    uint64 expiry
  ) external {
    PROVER.assume(requester != address(this));
    // Everyone holds their own `id:` leaf; these leaves are nobody's.
    bytes32 idLeaf = keccak256(bytes.concat("id:", bytes(Strings.toHexString(requester))));
    PROVER.assume(idLeaf != bytes32(uint256(1)) && idLeaf != bytes32(uint256(2)));
    PROVER.assume(expiry > START && expiry < 2 ** 32);
    _arrange(requester, blocked, closed, held);
    (bytes32 requestId, bool granted) = _request(requester, expiry);
    assert(granted == (!blocked && !closed && held & 3 == 3));
    assert(ledger.releasable(requestId) == granted);
  }

  /// Whatever changes after a grant, it's releasable exactly while all of the rule holds.
  function checkReleasableExactlyByTheRule(
    bool blocked,
    bool closed,
    uint256 held,
    uint64 expiry,
    uint64 time
  ) external {
    address requester = address(0xbeef);
    PROVER.assume(expiry > START && expiry < 2 ** 32 && time >= START);
    _arrange(requester, false, false, 3);
    (bytes32 requestId, bool granted) = _request(requester, expiry);
    assert(granted);
    _arrange(requester, blocked, closed, held);
    PROVER.warp(time);
    assert(ledger.releasable(requestId) == (time < expiry && !blocked && !closed && held & 3 == 3));
  }

  /// A grant covers the versions of its epoch, and none of the next.
  function checkEpochEndsGrants(uint64 epoch, bool closed) external {
    address requester = address(0xbeef);
    _arrange(requester, false, false, 3);
    (bytes32 requestId, ) = _request(requester, START + 100);
    if (closed) ledger.close(recordId);
    bool published = _tryPublish(2, epoch);
    assert(published == (epoch == 2 || (epoch == 1 && !closed)));
    assert(ledger.releasable(requestId) == (!closed && (!published || epoch == 1)));
  }

  /// Nobody but its owner changes a ledger record.
  function checkOnlyOwnerCloses(address caller) external {
    PROVER.prank(caller);
    try ledger.close(recordId) {
      assert(caller == address(this));
    } catch {
      assert(caller != address(this));
      assert(!ledger.record(recordId).closed);
    }
  }

  /// Nor its block list.
  function checkOnlyOwnerBlocks(address caller, address account, bool blocked) external {
    PROVER.prank(caller);
    try ledger.setBlocked(recordId, account, blocked) {
      assert(caller == address(this));
      assert(ledger.isBlocked(recordId, account) == blocked);
    } catch {
      assert(caller != address(this));
      assert(!ledger.isBlocked(recordId, account));
    }
  }

  function _arrange(address requester, bool blocked, bool closed, uint256 held) private {
    registry.setHeld(held);
    if (blocked) ledger.setBlocked(recordId, requester, true);
    if (closed) ledger.close(recordId);
  }

  function _request(address requester, uint64 expiry) private returns (bytes32 requestId, bool granted) {
    bytes memory key = new bytes(65);
    key[0] = 0x04;
    PROVER.prank(requester);
    return ledger.request(recordId, bytes32(uint256(7)), bytes32(uint256(8)), key, expiry);
  }

  function _publish(uint64 version, uint64 epoch) private {
    bytes memory program = bytes.concat(
      hex"010200",
      bytes32(uint256(1)),
      bytes32(uint256(2)),
      hex"0001400202"
    );
    bytes memory index = hex"abcd";
    IIndexLedger.Publication memory publication = IIndexLedger.Publication({
      ledgerRecordId: recordId,
      version: version,
      epoch: epoch,
      indexHash: keccak256(index),
      programHash: keccak256(program),
      keySet: bytes32(uint256(5)),
      owner: address(this),
      nonce: 0,
      deadline: 0
    });
    ledger.publish(publication, bytes32(0), program, index, "");
  }

  function publishAsOwner(uint64 version, uint64 epoch) external {
    require(msg.sender == address(this));
    _publish(version, epoch);
  }

  function _tryPublish(uint64 version, uint64 epoch) private returns (bool published) {
    try this.publishAsOwner(version, epoch) {
      return true;
    } catch {
      return false;
    }
  }
}
