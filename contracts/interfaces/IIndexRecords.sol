// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IMandates} from "./IMandates.sol";

/// @title The ledger records of one chain, as their owners write them
/// @notice Keeps the current index and access policy of each ledger record. A version is one publish. An epoch is a run of
/// versions under which grants live on; a close ends it. Times are seconds since 1970; "now" is the time of the block. A
/// ledger record id is keccak256(abi.encode(owner, salt)) of its first owner, so nobody can take it before them. Whatever an
/// owner may do, anyone may send for them with their signature (functions ending in `For` that take a mandate). Nobody else
/// can do it, and nothing stops it: these functions can't be paused.
interface IIndexRecords is IMandates {
  /// @notice Which version of which ledger record, and the key that its index is encrypted under.
  struct Edition {
    /// the ledger record
    bytes32 ledgerRecordId;
    /// 1, then one more with each publish
    uint64 version;
    /// 1, then the same or the next; exactly the next after a close
    uint64 epoch;
    /// keccak-256 of the index key: with the owner as its dealer it makes the key set, see {IKeyRegistry-deal}
    bytes32 indexKeyHash;
  }

  /// @notice A ledger record as it stands.
  struct RecordView {
    /// who may publish, close, block, revoke and transfer
    address owner;
    /// the current version
    uint64 version;
    /// the current epoch
    uint64 epoch;
    /// whether the epoch was closed: nothing is granted or releasable until the next publish
    bool closed;
    /// the account whose code holds this version
    address blob;
    /// the key set that the index is encrypted under
    bytes32 keySet;
    /// the policy program
    bytes program;
    /// the index bytes
    bytes index;
  }

  /// @notice A version was published. Earlier versions stay readable: they are the code of the accounts named here.
  /// @param ledgerRecordId the ledger record
  /// @param owner its owner
  /// @param version the new version
  /// @param epoch the epoch of this version
  /// @param blob the account whose code holds it, after a first byte 0x00: key set (32 bytes), policy program, index; or, when
  /// the rules stayed, the address of the account that holds key set and program (20 bytes), index
  /// @param keySet the key set that the index is encrypted under
  /// @param policy the policy as text; empty when the rules stayed. Nobody signs it: it means nothing unless it compiles to
  /// the program
  event Published(
    bytes32 indexed ledgerRecordId,
    address indexed owner,
    uint64 version,
    uint64 epoch,
    address blob,
    bytes32 keySet,
    string policy
  );

  /// @notice The epoch was closed: nothing is granted or releasable until the next publish.
  /// @param ledgerRecordId the ledger record
  /// @param owner its owner
  /// @param epoch the epoch that ended
  event Closed(bytes32 indexed ledgerRecordId, address indexed owner, uint64 epoch);

  /// @notice An account was blocked from a ledger record, or let in again.
  /// @param ledgerRecordId the ledger record
  /// @param account who
  /// @param blocked whether it's blocked now
  event BlockChanged(bytes32 indexed ledgerRecordId, address indexed account, bool blocked);

  /// @notice A ledger record was offered to somebody, or an offer was withdrawn.
  /// @param ledgerRecordId the ledger record
  /// @param owner its owner
  /// @param newOwner who may take it over; zero for nobody
  event TransferOffered(bytes32 indexed ledgerRecordId, address indexed owner, address indexed newOwner);

  /// @notice A ledger record has a new owner; its epoch is closed.
  /// @param ledgerRecordId the ledger record
  /// @param oldOwner who owned it
  /// @param newOwner who owns it now
  /// @param epoch the epoch that ended
  event Transferred(
    bytes32 indexed ledgerRecordId,
    address indexed oldOwner,
    address indexed newOwner,
    uint64 epoch
  );

  /// @notice No such ledger record.
  /// @param ledgerRecordId the id
  error IndexLedgerRecordUnknown(bytes32 ledgerRecordId);
  /// @notice The id of a new ledger record isn't keccak256(abi.encode(owner, salt)).
  /// @param ledgerRecordId the id given
  error IndexLedgerRecordIdMismatch(bytes32 ledgerRecordId);
  /// @notice Only the owner of the ledger record may do this.
  /// @param ledgerRecordId the ledger record
  /// @param account who tried, or in whose name
  error IndexLedgerNotOwner(bytes32 ledgerRecordId, address account);
  /// @notice The version isn't the next one.
  /// @param expected the next version
  /// @param given the version given
  error IndexLedgerVersionMismatch(uint64 expected, uint64 given);
  /// @notice The epoch is neither the current one nor the next, or not the next after a close, or not the one to close.
  /// @param current the current epoch (0 if there is none yet)
  /// @param given the epoch given
  error IndexLedgerEpochMismatch(uint64 current, uint64 given);
  /// @notice An index that is empty or longer than 4096 bytes.
  /// @param size its length in bytes
  error IndexLedgerIndexSize(uint256 size);
  /// @notice A policy program longer than 2048 bytes.
  /// @param size its length in bytes
  error IndexLedgerProgramSize(uint256 size);
  /// @notice The rules that stand are those of an owner before, and so can't be kept: publish with rules of your own.
  /// @param ledgerRecordId the ledger record
  error IndexLedgerRulesForeign(bytes32 ledgerRecordId);
  /// @notice A policy text longer than 4096 bytes.
  /// @param size its length in bytes
  error IndexLedgerPolicySize(uint256 size);
  /// @notice The epoch is closed already.
  /// @param ledgerRecordId the ledger record
  error IndexLedgerAlreadyClosed(bytes32 ledgerRecordId);
  /// @notice The ledger record wasn't offered to this account.
  /// @param ledgerRecordId the ledger record
  /// @param account who tried to take it over
  error IndexLedgerTransferNotOffered(bytes32 ledgerRecordId, address account);
  /// @notice The ledger record at which a page should start isn't this owner's (any more): start again.
  /// @param cursor the cursor given
  error IndexLedgerCursorStale(uint256 cursor);

  /// @notice Publishes a version with its rules; the caller must be the owner.
  /// @dev Emits {Published}. Whether the key set was dealt isn't looked at: an index under any other can't be opened by
  /// gates, and that is the owner's harm alone.
  /// @param edition which version
  /// @param salt the salt of the ledger record id; looked at for the first version only
  /// @param program the policy program (see the PolicyProgram library), at most 2048 bytes
  /// @param index the index bytes, 1 to 4096
  /// @param policy the policy as text, for the event, at most 4096 bytes
  function publish(
    Edition calldata edition,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external;

  /// @notice Publishes a version with its rules for its owner, who signed `Publish(bytes32 ledgerRecordId,uint64
  /// version,uint64 epoch,bytes32 indexHash,bytes32 programHash,bytes32 keySet,address owner,uint256 nonce,uint256 deadline)`.
  /// @dev Uses up the owner's nonce. Emits {Published}.
  /// @param mandate in whose name
  /// @param edition which version
  /// @param salt the salt of the ledger record id; looked at for the first version only
  /// @param program the policy program, at most 2048 bytes
  /// @param index the index bytes, 1 to 4096
  /// @param policy the policy as text, for the event, at most 4096 bytes. Not signed: see {Published}
  function publishFor(
    Mandate calldata mandate,
    Edition calldata edition,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external;

  /// @notice Publishes a version under the key set and policy that stand; the caller must be the owner.
  /// @dev Emits {Published}.
  /// @param ledgerRecordId the ledger record
  /// @param version the next version
  /// @param epoch the same epoch or the next
  /// @param index the index bytes, 1 to 4096
  function republish(bytes32 ledgerRecordId, uint64 version, uint64 epoch, bytes calldata index) external;

  /// @notice Publishes a version under the key set and policy that stand for its owner, who signed `Publish` with just these.
  /// @dev Uses up the owner's nonce. Emits {Published}.
  /// @param mandate in whose name
  /// @param ledgerRecordId the ledger record
  /// @param version the next version
  /// @param epoch the same epoch or the next
  /// @param index the index bytes, 1 to 4096
  function republishFor(
    Mandate calldata mandate,
    bytes32 ledgerRecordId,
    uint64 version,
    uint64 epoch,
    bytes calldata index
  ) external;

  /// @notice Closes the current epoch; the caller must be the owner. From this block on every request is denied and
  /// nothing is releasable, until a publish with the next epoch.
  /// @dev Emits {Closed}.
  /// @param ledgerRecordId the ledger record
  function close(bytes32 ledgerRecordId) external;

  /// @notice Closes the current epoch for the owner, who signed `Close(bytes32 ledgerRecordId,uint64 epoch,address
  /// owner,uint256 nonce,uint256 deadline)`.
  /// @dev Uses up the owner's nonce. Emits {Closed}.
  /// @param mandate in whose name
  /// @param ledgerRecordId the ledger record
  /// @param epoch the epoch to end: the current one
  function closeFor(Mandate calldata mandate, bytes32 ledgerRecordId, uint64 epoch) external;

  /// @notice Blocks an account from a ledger record, or lets it in again; the caller must be the owner. A block holds in
  /// all epochs, and stops grants that were given before it.
  /// @dev Emits {BlockChanged}.
  /// @param ledgerRecordId the ledger record
  /// @param account who
  /// @param blocked whether it's to be blocked
  function setBlocked(bytes32 ledgerRecordId, address account, bool blocked) external;

  /// @notice Blocks an account, or lets it in again, for the owner, who signed `Block(bytes32 ledgerRecordId,address
  /// account,bool blocked,address owner,uint256 nonce,uint256 deadline)`.
  /// @dev Uses up the owner's nonce. Emits {BlockChanged}.
  /// @param mandate in whose name
  /// @param ledgerRecordId the ledger record
  /// @param account who
  /// @param blocked whether it's to be blocked
  function setBlockedFor(
    Mandate calldata mandate,
    bytes32 ledgerRecordId,
    address account,
    bool blocked
  ) external;

  /// @notice Offers a ledger record to a new owner, or withdraws an offer; the caller must be the owner. One offer stands at a
  /// time, until it's taken, replaced or withdrawn.
  /// @dev Emits {TransferOffered}.
  /// @param ledgerRecordId the ledger record
  /// @param newOwner who may take it over; zero for nobody
  function offerTransfer(bytes32 ledgerRecordId, address newOwner) external;

  /// @notice Offers a ledger record for the owner, who signed `OfferTransfer(bytes32 ledgerRecordId,address newOwner,address
  /// owner,uint256 nonce,uint256 deadline)`.
  /// @dev Uses up the owner's nonce. Emits {TransferOffered}.
  /// @param mandate in whose name
  /// @param ledgerRecordId the ledger record
  /// @param newOwner who may take it over; zero for nobody
  function offerTransferFor(Mandate calldata mandate, bytes32 ledgerRecordId, address newOwner) external;

  /// @notice Takes over a ledger record that was offered to the caller. It ends the epoch: nothing is granted or releasable
  /// until the new owner publishes under a key set of their own. Blocks stay.
  /// @dev Emits {Transferred}.
  /// @param ledgerRecordId the ledger record
  function acceptTransfer(bytes32 ledgerRecordId) external;

  /// @notice Takes over a ledger record for its new owner, who signed `AcceptTransfer(bytes32 ledgerRecordId,address
  /// owner,uint256 nonce,uint256 deadline)` with themselves as the owner.
  /// @dev Uses up the new owner's nonce. Emits {Transferred}.
  /// @param mandate in whose name
  /// @param ledgerRecordId the ledger record
  function acceptTransferFor(Mandate calldata mandate, bytes32 ledgerRecordId) external;

  /// @notice A ledger record as it stands; fails for an unknown one.
  /// @param ledgerRecordId the ledger record
  /// @return current the ledger record
  function record(bytes32 ledgerRecordId) external view returns (RecordView memory current);

  /// @notice Whether an account is blocked from a ledger record.
  /// @param ledgerRecordId the ledger record
  /// @param account the account
  /// @return blocked true while it is
  function isBlocked(bytes32 ledgerRecordId, address account) external view returns (bool blocked);

  /// @notice To whom a ledger record is offered.
  /// @param ledgerRecordId the ledger record
  /// @return newOwner who may take it over; zero for nobody
  function transferOffer(bytes32 ledgerRecordId) external view returns (address newOwner);

  /// @notice A page of an owner's ledger records, the one got last first.
  /// @param owner the owner
  /// @param cursor 0 to start, then what the page before returned
  /// @param limit how many at most
  /// @return ledgerRecordIds their ids
  /// @return nextCursor where the next page starts; 0 when there is none
  function recordsOf(
    address owner,
    uint256 cursor,
    uint256 limit
  ) external view returns (bytes32[] memory ledgerRecordIds, uint256 nextCursor);

  /// @notice How many ledger records an owner has.
  /// @param owner the owner
  /// @return count how many
  function recordCount(address owner) external view returns (uint256 count);

  /// @notice How many ledger records there are.
  /// @return count how many
  function totalRecords() external view returns (uint256 count);
}
