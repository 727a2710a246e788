// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IIndexLedger} from "../../../contracts/interfaces/IIndexLedger.sol";
import {IIndexRecords} from "../../../contracts/interfaces/IIndexRecords.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {LedgerModel} from "./LedgerModel.sol";
import {Vm} from "./Vm.sol";

/// @title What holds of a ledger after any acts by anyone
contract LedgerInvariants {
  Vm private constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
  LedgerHandler private handler;

  function setUp() external {
    handler = new LedgerHandler();
  }

  function targetContracts() external view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  /// Nothing happened that mustn't: acts without the right to, signatures or requests used twice, revocations or other
  /// acts of owners held up by a pause, decisions unlike the policy or their event.
  function invariant_nothingForbiddenHappened() external view {
    require(bytes(handler.broken()).length == 0, handler.broken());
  }

  /// Records change by their owners' acts only: owner, version, epoch, phase, offer, rules and blocks are the model's.
  function invariant_recordsAreTheirOwners() external view {
    for (uint256 i = 0; i < handler.RECORDS(); ++i) {
      LedgerModel.RecordModel memory model = handler.recordOf(i);
      bytes32 id = handler.idOf(i);
      if (!model.exists) continue;
      IIndexRecords.RecordView memory found = handler.ledger().record(id);
      require(found.owner == handler.accountOf(model.owner), "owner");
      require(found.version == model.version && found.epoch == model.epoch, "version or epoch");
      require(found.closed == model.closed, "closed");
      require(keccak256(found.program) == keccak256(handler.programOf(model.policy)), "policy");
      address offered = model.offeredTo == 0 ? address(0) : handler.accountOf(model.offeredTo - 1);
      require(handler.ledger().transferOffer(id) == offered, "offer");
      for (uint256 who = 0; who < handler.ACCOUNTS(); ++who) {
        require(handler.ledger().isBlocked(id, handler.accountOf(who)) == handler.isBlocked(i, who), "block");
      }
    }
  }

  /// A grant is live while the model says so and no longer: it outlives neither expiry, revocation, block, close, epoch,
  /// purpose nor the attributes that it rests on.
  function invariant_grantsLiveAsLongAsTheyShould() external {
    VM.warp(handler.time());
    uint256 count = handler.grantCount();
    for (uint256 i = count > 40 ? count - 40 : 0; i < count; ++i) {
      LedgerModel.GrantModel memory model = handler.grantAt(i);
      IIndexLedger.Status status = handler.statusOf(i);
      require(handler.ledger().status(model.requestId) == status, "status");
      require(
        handler.ledger().releasable(model.requestId) == (status == IIndexLedger.Status.Live),
        "releasable"
      );
    }
  }

  /// What was denied, and not granted later, is no grant.
  function invariant_denialsLeaveNothing() external view {
    uint256 count = handler.deniedCount();
    for (uint256 i = count > 40 ? count - 40 : 0; i < count; ++i) {
      bytes32 requestId = handler.deniedAt(i);
      if (handler.wasGranted(requestId)) continue;
      require(handler.ledger().status(requestId) == IIndexLedger.Status.Unknown, "a grant from nowhere");
    }
  }

  /// Attributes count exactly until they expire or are revoked.
  function invariant_expiredAttributesCountForNothing() external {
    VM.warp(handler.time());
    bytes32[] memory leaves = new bytes32[](2);
    (leaves[0], leaves[1]) = (keccak256("role:a"), keccak256("role:b"));
    for (uint256 who = 0; who < handler.ACCOUNTS(); ++who) {
      uint256 held = handler.registry().holds(handler.accountOf(who), leaves, "");
      for (uint256 i = 0; i < 2; ++i) {
        require(((held >> i) & 1 == 1) == (handler.attributeExpiry(who, i) > handler.time()), "held");
      }
    }
  }

  /// Nonces count the relayed acts, one by one.
  function invariant_noncesCountRelayedActs() external view {
    for (uint256 who = 0; who < handler.ACCOUNTS(); ++who) {
      require(handler.ledger().nonces(handler.accountOf(who)) == handler.nonces(who), "nonce");
    }
  }

  /// The lists of records hold each record once, with its owner, and pages of any size agree.
  function invariant_listsAreComplete() external view {
    uint256 total = 0;
    for (uint256 who = 0; who < handler.ACCOUNTS(); ++who) {
      address owner = handler.accountOf(who);
      uint256 expected = 0;
      for (uint256 i = 0; i < handler.RECORDS(); ++i) {
        LedgerModel.RecordModel memory model = handler.recordOf(i);
        if (model.exists && model.owner == who) ++expected;
      }
      require(handler.ledger().recordCount(owner) == expected, "count");
      (bytes32[] memory all, uint256 end) = handler.ledger().recordsOf(owner, 0, 100);
      require(all.length == expected && end == 0, "list");
      uint256 cursor = 0;
      for (uint256 i = 0; i < expected; ++i) {
        bytes32[] memory page;
        (page, cursor) = handler.ledger().recordsOf(owner, cursor, 1);
        require(page.length == 1 && page[0] == all[i], "page");
        require(handler.ledger().record(all[i]).owner == owner, "another's record");
        for (uint256 j = 0; j < i; ++j) {
          require(all[j] != all[i], "twice");
        }
      }
      require(cursor == 0, "pages beyond the end");
      total += expected;
    }
    require(handler.ledger().totalRecords() == total, "total");
  }
}
