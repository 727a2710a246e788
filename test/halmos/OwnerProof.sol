// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IIndexLedger} from "../../contracts/interfaces/IIndexLedger.sol";
import {IIndexRecords} from "../../contracts/interfaces/IIndexRecords.sol";
import {IMandates} from "../../contracts/interfaces/IMandates.sol";
import {LedgerWorld} from "./LedgerWorld.sol";
import {PROVER} from "./Prover.sol";

/// @title What is proven of owners: nobody else changes a ledger record, a transfer hands all of it over and ends the epoch
/// @dev One ledger record of the proof's own; see {LedgerWorld}. As an owner that is a contract it says by ERC-1271 what it
/// agreed to, which leaves ECDSA out.
contract OwnerProof is LedgerWorld {
  bytes32 private constant CLOSE_TYPEHASH = keccak256(
    "Close(bytes32 ledgerRecordId,uint64 epoch,address owner,uint256 nonce,uint256 deadline)"
  );
  bytes32 private constant DOMAIN_TYPEHASH = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
  );

  bytes32 private _agreed;

  /// @dev ERC-1271.
  function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4 magic) {
    return hash == _agreed ? this.isValidSignature.selector : bytes4(0xffffffff);
  }

  /// Whoever calls, only the owner's call changes anything.
  function checkOnlyOwnerActs(uint8 act, address caller, address account, bool blocked) external {
    bytes32 requestId = _grant(PURPOSE, START + 100);
    bytes[6] memory calls = [
      _publishCall(2, 2, _program()),
      abi.encodeCall(IIndexRecords.republish, (recordId, 2, 1, hex"abcd")),
      abi.encodeCall(IIndexRecords.close, (recordId)),
      abi.encodeCall(IIndexRecords.setBlocked, (recordId, account, blocked)),
      abi.encodeCall(IIndexRecords.offerTransfer, (recordId, account)),
      abi.encodeCall(IIndexLedger.revokeGrant, (requestId))
    ];
    for (uint256 i = 0; i < calls.length; ++i) {
      if (act != i) continue;
      PROVER.prank(caller);
      bool done = _tries(calls[i]);
      assert(done == (caller == address(this)));
      assert(
        _isReleasable(requestId) == (!done || !(i == 0 || i == 2 || i == 5 || _hits(i, account, blocked)))
      );
      if (i == 3) assert(_isBlocked(account) == (done && blocked));
      if (i == 4) assert(_offer() == (done ? account : address(0)));
      return;
    }
  }

  /// Only an account to which the owner offered the record gets it; then no grant lives, the rules can't be kept, and the new
  /// owner's first version starts the next epoch. Else all stays as it was.
  function checkTransferHandsOver(address offered, address caller, uint64 epoch, bool keepsRules) external {
    PROVER.assume(caller != address(0));
    bytes32 requestId = _grant(PURPOSE, START + 100);
    _does(abi.encodeCall(IIndexRecords.offerTransfer, (recordId, offered)));
    PROVER.prank(caller);
    bool taken = _tries(abi.encodeCall(IIndexRecords.acceptTransfer, (recordId)));
    assert(taken == (caller == offered));
    assert(_record().owner == (taken ? caller : address(this)));
    assert(_statusOf(requestId) == (taken ? IIndexLedger.Status.Closed : IIndexLedger.Status.Live));
    if (!taken) return;
    assert(_offer() == address(0));
    PROVER.prank(REQUESTER);
    (, bool granted) = abi.decode(_does(_requestCall(PURPOSE, START + 200)), (bytes32, bool));
    assert(!granted);
    PROVER.prank(caller);
    bool published = _tries(
      keepsRules
        ? abi.encodeCall(IIndexRecords.republish, (recordId, 2, epoch, hex"abcd"))
        : _publishCall(2, epoch, _program())
    );
    assert(published == (!keepsRules && epoch == 2));
    assert(!_isReleasable(requestId));
  }

  /// After a transfer the owner before is as anybody else.
  function checkOldOwnerIsOut(uint8 act, address newOwner) external {
    PROVER.assume(newOwner != address(0) && newOwner != address(this));
    bytes32 requestId = _grant(PURPOSE, START + 100);
    _does(abi.encodeCall(IIndexRecords.offerTransfer, (recordId, newOwner)));
    PROVER.prank(newOwner);
    _does(abi.encodeCall(IIndexRecords.acceptTransfer, (recordId)));
    bytes[6] memory calls = [
      _publishCall(2, 2, _program()),
      abi.encodeCall(IIndexRecords.setBlocked, (recordId, REQUESTER, true)),
      abi.encodeCall(IIndexRecords.offerTransfer, (recordId, address(this))),
      abi.encodeCall(IIndexRecords.acceptTransfer, (recordId)),
      abi.encodeCall(IIndexRecords.close, (recordId)),
      abi.encodeCall(IIndexLedger.revokeGrant, (requestId))
    ];
    for (uint256 i = 0; i < calls.length; ++i) {
      if (act == i) assert(!_tries(calls[i]));
    }
  }

  /// A version that keeps the rules keeps all of them, however often, and has the index it was given.
  function checkRepublishKeepsRules(bytes32 index, uint256 held, bool again) external {
    bytes32 requestId = _grant(PURPOSE, START + 100);
    IIndexRecords.RecordView memory before = _record();
    assert(keccak256(before.program) == keccak256(_program()));
    assert(before.keySet == keccak256(abi.encode(address(this), INDEX_KEY_HASH)));
    if (again) _does(abi.encodeCall(IIndexRecords.republish, (recordId, 2, 1, hex"abcd")));
    uint64 version = again ? 3 : 2;
    _does(abi.encodeCall(IIndexRecords.republish, (recordId, version, 1, bytes.concat(index))));
    IIndexRecords.RecordView memory current = _record();
    assert(current.keySet == before.keySet);
    assert(keccak256(current.program) == keccak256(before.program));
    assert(current.index.length == 32 && bytes32(current.index) == index);
    assert(current.version == version && current.epoch == 1 && !current.closed);
    registry.setHeld(held);
    assert(_isReleasable(requestId) == (held & 3 == 3));
  }

  /// A relayer closes exactly what the owner agreed to: this epoch, with the next nonce, in time, for this contract on this
  /// chain; and the nonce is used up.
  function checkMandateClosesExactlyWhatWasAgreed(
    uint64 epoch,
    uint256 nonce,
    uint256 deadline,
    bool elsewhere,
    bool otherContract,
    uint64 agreedEpoch,
    uint256 agreedNonce,
    uint256 agreedDeadline,
    uint64 time
  ) external {
    PROVER.warp(time);
    _agreed = _closeHash(
      elsewhere ? block.chainid + 1 : block.chainid,
      otherContract ? address(registry) : address(ledger),
      agreedEpoch,
      agreedNonce,
      agreedDeadline
    );
    bool same = !elsewhere && !otherContract;
    same = same && epoch == agreedEpoch && nonce == agreedNonce && deadline == agreedDeadline;
    bytes memory call = abi.encodeCall(
      IIndexRecords.closeFor,
      (IMandates.Mandate(address(this), nonce, deadline, ""), recordId, epoch)
    );
    PROVER.prank(REQUESTER);
    bool done = _tries(call);
    assert(done == (same && epoch == 1 && nonce == 0 && time <= deadline));
    assert(_record().closed == done);
    assert(_nonce() == (done ? 1 : 0));
  }

  function _isBlocked(address account) private view returns (bool blocked) {
    return abi.decode(_tells(abi.encodeCall(IIndexRecords.isBlocked, (recordId, account))), (bool));
  }

  function _offer() private view returns (address newOwner) {
    return abi.decode(_tells(abi.encodeCall(IIndexRecords.transferOffer, (recordId))), (address));
  }

  function _nonce() private view returns (uint256 nonce) {
    return abi.decode(_tells(abi.encodeCall(IMandates.nonces, (address(this)))), (uint256));
  }

  function _hits(uint256 act, address account, bool blocked) private pure returns (bool hits) {
    return act == 3 && account == REQUESTER && blocked;
  }

  function _closeHash(
    uint256 chain,
    address verifier,
    uint64 epoch,
    uint256 nonce,
    uint256 deadline
  ) private view returns (bytes32 hash) {
    bytes32 domain = keccak256(
      abi.encode(DOMAIN_TYPEHASH, keccak256("Diptych StorageLedger"), keccak256("1"), chain, verifier)
    );
    bytes32 message = keccak256(abi.encode(CLOSE_TYPEHASH, recordId, epoch, address(this), nonce, deadline));
    return keccak256(abi.encodePacked(hex"1901", domain, message));
  }
}
