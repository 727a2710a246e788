// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IIndexLedger} from "../../../contracts/interfaces/IIndexLedger.sol";
import {IIndexRecords} from "../../../contracts/interfaces/IIndexRecords.sol";
import {IMandates} from "../../../contracts/interfaces/IMandates.sol";
import {LedgerModel} from "./LedgerModel.sol";
import {Vm} from "./Vm.sol";

/// @title The acts that the invariant tests choose from
/// @notice Each act is tried on the ledger and told to the model. What must never happen is noted in `broken`.
contract LedgerHandler is LedgerModel {
  /// How an act is sent: by an account itself, relayed as it should be, or relayed with something wrong.
  enum Manner {
    Direct,
    Relayed,
    WrongSigner,
    OldNonce,
    NextNonce,
    Late
  }

  string public broken;
  uint256 public acts;

  bytes32 private constant DECIDED = keccak256(
    "Decided(bytes32,bytes32,address,uint8,uint64,uint64,bytes32,uint8,bytes)"
  );
  bytes private constant TAIL = "address owner,uint256 nonce,uint256 deadline)";

  modifier act() {
    VM.warp(time);
    ++acts;
    _;
  }

  function wait(uint256 seconds_) external act {
    time += uint64(seconds_ % 2 hours) + 1;
    VM.warp(time);
  }

  function pauseOrNot(bool on) external act {
    if (on == paused) return;
    VM.prank(ADMIN);
    if (on) ledger.pause();
    else ledger.unpause();
    paused = on;
  }

  function attest(uint256 account, uint256 which, uint256 lasting, uint32 level) external act {
    account %= ACCOUNTS;
    which %= 3;
    uint64 expiry = time + 1 + uint64(lasting % 6 hours);
    VM.prank(AUTHORITY);
    if (which < 2) registry.attest(accountOf(account), _attributes(which), expiry);
    else registry.attestNumbers(accountOf(account), _number(level % 6), expiry);
    _expiry[account][which] = expiry;
    if (which == 2) _level[account] = level % 6;
  }

  function revokeAttribute(uint256 account, uint256 which) external act {
    account %= ACCOUNTS;
    which %= 2;
    VM.prank(AUTHORITY);
    try registry.revoke(accountOf(account), _attributes(which)) {
      _must(_expiry[account][which] != 0, "revoked what wasn't attested");
      _expiry[account][which] = 0;
    } catch {
      _must(_expiry[account][which] == 0, "an attestation couldn't be revoked");
    }
  }

  function publish(uint256 record, uint256 by, uint256 policy, bool nextEpoch, uint8 how) external act {
    (record, by, policy) = (record % RECORDS, by % ACCOUNTS, policy % POLICIES);
    RecordModel storage model = _records[record];
    IIndexRecords.Edition memory edition = IIndexRecords.Edition({
      ledgerRecordId: idOf(record),
      version: model.version + 1,
      epoch: model.epoch + (nextEpoch ? 1 : 0),
      indexKeyHash: bytes32(record)
    });
    bool mine = model.exists ? model.owner == by : record / 2 == by;
    bool fits = nextEpoch || (model.exists && !model.closed);
    if (!_send(by, how, _publishing(edition, by, policy, how), mine && fits, "publish")) return;
    (model.exists, model.owner, model.version, model.epoch) = (true, by, edition.version, edition.epoch);
    (model.closed, model.rulesForeign, model.policy) = (false, false, policy);
  }

  function republish(uint256 record, uint256 by, bool nextEpoch) external act {
    (record, by) = (record % RECORDS, by % ACCOUNTS);
    RecordModel storage model = _records[record];
    uint64 epoch = model.epoch + (nextEpoch ? 1 : 0);
    bytes memory data = abi.encodeCall(
      IIndexRecords.republish,
      (idOf(record), model.version + 1, epoch, "again")
    );
    bool may = model.exists && model.owner == by && !model.rulesForeign && (nextEpoch || !model.closed);
    if (!_send(by, 0, data, may, "republish")) return;
    (model.version, model.epoch, model.closed) = (model.version + 1, epoch, false);
  }

  function closeEpoch(uint256 record, uint256 by, uint8 how) external act {
    (record, by) = (record % RECORDS, by % ACCOUNTS);
    RecordModel storage model = _records[record];
    bytes32 id = idOf(record);
    bytes32 kind = keccak256(bytes.concat("Close(bytes32 ledgerRecordId,uint64 epoch,", TAIL));
    bytes32 hash = keccak256(
      abi.encode(kind, id, model.epoch, accountOf(by), _nonce(by, how), _deadline(how))
    );
    bytes memory data =
      _manner(how) == Manner.Direct
        ? abi.encodeCall(IIndexRecords.close, (id))
        : abi.encodeCall(IIndexRecords.closeFor, (_mandate(by, how, hash), id, model.epoch));
    bool may = model.exists && model.owner == by && !model.closed;
    if (_send(by, how, data, may, "close")) model.closed = true;
  }

  function setBlocked(uint256 record, uint256 by, uint256 account, bool blocked, uint8 how) external act {
    (record, by, account) = (record % RECORDS, by % ACCOUNTS, account % ACCOUNTS);
    RecordModel storage model = _records[record];
    address who = accountOf(account);
    bytes32 kind = keccak256(
      bytes.concat("Block(bytes32 ledgerRecordId,address account,bool blocked,", TAIL)
    );
    bytes32 hash = keccak256(
      abi.encode(kind, idOf(record), who, blocked, accountOf(by), _nonce(by, how), _deadline(how))
    );
    bytes memory data =
      _manner(how) == Manner.Direct
        ? abi.encodeCall(IIndexRecords.setBlocked, (idOf(record), who, blocked))
        : abi.encodeCall(IIndexRecords.setBlockedFor, (_mandate(by, how, hash), idOf(record), who, blocked));
    if (_send(by, how, data, model.exists && model.owner == by, "block")) _blocked[record][account] = blocked;
  }

  function offer(uint256 record, uint256 by, uint256 to) external act {
    (record, by, to) = (record % RECORDS, by % ACCOUNTS, to % (ACCOUNTS + 1));
    RecordModel storage model = _records[record];
    address account = to == 0 ? address(0) : accountOf(to - 1);
    bytes memory data = abi.encodeCall(IIndexRecords.offerTransfer, (idOf(record), account));
    if (_send(by, 0, data, model.exists && model.owner == by, "offer")) model.offeredTo = to;
  }

  function accept(uint256 record, uint256 by) external act {
    (record, by) = (record % RECORDS, by % ACCOUNTS);
    RecordModel storage model = _records[record];
    bytes memory data = abi.encodeCall(IIndexRecords.acceptTransfer, (idOf(record)));
    if (!_send(by, 0, data, model.offeredTo == by + 1, "accept")) return;
    (model.owner, model.offeredTo, model.closed, model.rulesForeign) = (by, 0, true, true);
  }

  function request(uint256 record, uint256 by, uint8 purpose, uint256 lasting, uint8 nonce) external act {
    (record, by, purpose) = (record % RECORDS, by % ACCOUNTS, purpose % 3);
    if (!_records[record].exists) return;
    GrantModel memory asked = GrantModel({
      requestId: 0,
      record: record,
      requester: by,
      epoch: _records[record].epoch,
      expiry: time + 1 + uint64(lasting % 3 hours),
      purpose: purpose,
      revoked: false
    });
    VM.recordLogs();
    VM.prank(accountOf(by));
    try ledger.request(idOf(record), bytes32(uint256(nonce % 4)), purpose, _key(), asked.expiry) returns (
      bytes32 requestId,
      bool granted
    ) {
      asked.requestId = requestId;
      _noteDecided(asked, granted);
    } catch (bytes memory reason) {
      _must(
        bytes4(reason) == IIndexLedger.IndexLedgerRequestAlreadyGranted.selector &&
          _wasGranted[abi.decode(_tail(reason), (bytes32))],
        "a request failed"
      );
    }
  }

  function revokeGrant(uint256 i, uint256 by, uint8 how) external act {
    if (_grants.length == 0) return;
    by %= ACCOUNTS;
    GrantModel storage grant = _grants[i % _grants.length];
    bytes32 kind = keccak256(bytes.concat("RevokeGrant(bytes32 requestId,", TAIL));
    bytes32 hash = keccak256(
      abi.encode(kind, grant.requestId, accountOf(by), _nonce(by, how), _deadline(how))
    );
    bytes memory data =
      _manner(how) == Manner.Direct
        ? abi.encodeCall(IIndexLedger.revokeGrant, (grant.requestId))
        : abi.encodeCall(IIndexLedger.revokeGrantFor, (_mandate(by, how, hash), grant.requestId));
    bool may = _records[grant.record].owner == by && !grant.revoked;
    if (_send(by, how, data, may, "revoke a grant")) grant.revoked = true;
  }

  /// Compares a decision with the model's and with its event.
  function _noteDecided(GrantModel memory asked, bool granted) private {
    IIndexLedger.Decision expected =
      paused ? IIndexLedger.Decision.Paused : decide(asked.record, asked.requester, asked.purpose);
    Vm.Log[] memory logs = VM.getRecordedLogs();
    _must(logs.length == 1 && logs[0].topics[0] == DECIDED, "a decision without its one event");
    (IIndexLedger.Decision logged, uint64 epoch) = abi.decode(logs[0].data, (IIndexLedger.Decision, uint64));
    _must(logs[0].topics[1] == asked.requestId, "an event of another request");
    _must(logged == expected && epoch == asked.epoch, "another decision than the model's");
    _must(granted == (expected == IIndexLedger.Decision.Granted), "an answer unlike its event");
    _must(!_wasGranted[asked.requestId], "granted twice");
    if (!granted) {
      _denied.push(asked.requestId);
      return;
    }
    _wasGranted[asked.requestId] = true;
    _grants.push(asked);
  }

  /// Sends an act; notes if it went through though it mustn't, or didn't though it must, pause or not.
  function _send(
    uint256 by,
    uint8 how,
    bytes memory data,
    bool may,
    string memory what
  ) private returns (bool ok) {
    Manner manner = _manner(how);
    if (manner == Manner.Direct) VM.prank(accountOf(by));
    (ok, ) = address(ledger).call(data);
    bool should = may && manner <= Manner.Relayed;
    if (ok && !should) broken = string.concat("could ", what, " without the right to");
    if (!ok && should) broken = string.concat("couldn't ", what);
    if (ok && manner == Manner.Relayed) {
      ++nonces[by];
      (bool again, ) = address(ledger).call(data);
      _must(!again, "a signature went through twice");
    }
  }

  function _must(bool holds, string memory else_) private {
    if (!holds) broken = else_;
  }

  function _manner(uint8 how) private pure returns (Manner manner) {
    // Half of all acts are direct, a quarter relayed as it should be.
    if (how < 128) return Manner.Direct;
    if (how < 192) return Manner.Relayed;
    return Manner(2 + (how % 4));
  }

  function _nonce(uint256 by, uint8 how) private view returns (uint256 nonce) {
    Manner manner = _manner(how);
    nonce = nonces[by];
    if (manner == Manner.OldNonce) nonce = nonce == 0 ? type(uint256).max : nonce - 1;
    if (manner == Manner.NextNonce) ++nonce;
  }

  function _deadline(uint8 how) private view returns (uint256 deadline) {
    return _manner(how) == Manner.Late ? time - 1 : time;
  }

  function _mandate(
    uint256 by,
    uint8 how,
    bytes32 structHash
  ) private view returns (IMandates.Mandate memory mandate) {
    bytes32 domain = keccak256(
      abi.encode(
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        keccak256("Diptych StorageLedger"),
        keccak256("1"),
        block.chainid,
        address(ledger)
      )
    );
    uint256 signer = _manner(how) == Manner.WrongSigner ? (by + 1) % ACCOUNTS : by;
    (uint8 v, bytes32 r, bytes32 s) = VM.sign(
      FIRST_KEY + signer,
      keccak256(abi.encodePacked(hex"1901", domain, structHash))
    );
    return IMandates.Mandate(accountOf(by), _nonce(by, how), _deadline(how), abi.encodePacked(r, s, v));
  }

  /// The call that publishes a version, with its mandate unless it's sent directly.
  function _publishing(
    IIndexRecords.Edition memory edition,
    uint256 by,
    uint256 policy,
    uint8 how
  ) private view returns (bytes memory data) {
    bytes memory program = programOf(policy);
    // Records by their places are their index key's hashes too.
    bytes32 salt = bytes32(uint256(edition.indexKeyHash) % 2);
    if (_manner(how) == Manner.Direct) {
      return abi.encodeCall(IIndexRecords.publish, (edition, salt, program, "index", ""));
    }
    IMandates.Mandate memory mandate = _mandate(by, how, _publishHash(edition, by, program, how));
    return abi.encodeCall(IIndexRecords.publishFor, (mandate, edition, salt, program, "index", ""));
  }

  function _publishHash(
    IIndexRecords.Edition memory edition,
    uint256 by,
    bytes memory program,
    uint8 how
  ) private view returns (bytes32 hash) {
    bytes32 kind = keccak256(
      bytes.concat(
        "Publish(bytes32 ledgerRecordId,uint64 version,uint64 epoch,bytes32 indexHash,bytes32 programHash,bytes32 keySet,",
        TAIL
      )
    );
    bytes memory head = abi.encode(
      kind,
      edition.ledgerRecordId,
      edition.version,
      edition.epoch,
      keccak256("index")
    );
    bytes32 keySet = keccak256(abi.encode(accountOf(by), edition.indexKeyHash));
    bytes memory rest = abi.encode(
      keccak256(program),
      keySet,
      accountOf(by),
      _nonce(by, how),
      _deadline(how)
    );
    return keccak256(bytes.concat(head, rest));
  }

  function _key() private pure returns (bytes memory key) {
    key = new bytes(65);
    key[0] = 0x04;
  }

  /// What follows an error's selector.
  function _tail(bytes memory reason) private pure returns (bytes memory rest) {
    rest = new bytes(reason.length - 4);
    for (uint256 i = 0; i < rest.length; ++i) {
      rest[i] = reason[i + 4];
    }
  }
}
