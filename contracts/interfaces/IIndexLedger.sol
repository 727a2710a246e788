// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IAttributeRegistry} from "./IAttributeRegistry.sol";
import {IKeyRegistry} from "./IKeyRegistry.sol";

/// @title The ledger of encrypted indexes of one chain
/// @notice Keeps the current index and access policy of each ledger record, decides who may learn the index, and logs
/// each decision. A version is one publish. An epoch is a run of versions under which grants live on; `close` ends it.
/// Times are seconds since 1970; "now" is the time of the block. A ledger record id is keccak256(abi.encode(owner, salt))
/// of its first owner, so nobody can take it before them.
interface IIndexLedger {
  /// @notice What an owner publishes, and signs (EIP-712, primary type `Publish`, these fields in this order).
  struct Publication {
    /// the ledger record
    bytes32 ledgerRecordId;
    /// 1, then one more with each publish
    uint64 version;
    /// 1, then the same or the next; exactly the next after a close
    uint64 epoch;
    /// keccak-256 of the index bytes
    bytes32 indexHash;
    /// keccak-256 of the policy program
    bytes32 programHash;
    /// the key set that the index is encrypted under; the owner must be its dealer
    bytes32 keySet;
    /// the owner of the ledger record
    address owner;
    /// the owner's next nonce, if relayed
    uint256 nonce;
    /// the last second at which it may be relayed
    uint256 deadline;
  }

  /// @notice What an owner signs to close (EIP-712, primary type `Close`, these fields in this order).
  struct Closing {
    /// the ledger record
    bytes32 ledgerRecordId;
    /// the epoch to end: the current one
    uint64 epoch;
    /// the owner of the ledger record
    address owner;
    /// the owner's next nonce
    uint256 nonce;
    /// the last second at which it may be relayed
    uint256 deadline;
  }

  /// @notice A ledger record as it stands.
  struct RecordView {
    /// who may publish, close and block
    address owner;
    /// the current version
    uint64 version;
    /// the current epoch
    uint64 epoch;
    /// whether the epoch was closed: nothing is granted or releasable until the next publish
    bool closed;
    /// the key set that the index is encrypted under
    bytes32 keySet;
    /// the policy program
    bytes program;
    /// the index bytes
    bytes index;
  }

  /// @notice A grant as it was given; whether it's live now tells {status}.
  struct Grant {
    /// the ledger record it's for
    bytes32 ledgerRecordId;
    /// who asked
    address requester;
    /// the epoch it was given in
    uint64 epoch;
    /// the first second at which it's no longer live
    uint64 expiry;
  }

  /// @notice How a request was decided.
  enum Decision {
    Granted,
    Closed,
    Blocked,
    PolicyNotSatisfied
  }

  /// @notice Where a request stands now. Unknown also stands for requests that were denied.
  enum Status {
    Unknown,
    Live,
    Expired,
    EpochEnded,
    Closed,
    Blocked,
    PolicyNotSatisfied
  }

  /// @notice A version was published.
  /// @param ledgerRecordId the ledger record
  /// @param owner its owner
  /// @param version the new version
  /// @param epoch the epoch of this version
  /// @param keySet the key set that the index is encrypted under
  /// @param indexHash keccak-256 of the index bytes
  /// @param programHash keccak-256 of the policy program
  /// @param policy the policy as text. Nobody signs it: it means nothing unless it compiles to the program
  event Published(
    bytes32 indexed ledgerRecordId,
    address indexed owner,
    uint64 version,
    uint64 epoch,
    bytes32 keySet,
    bytes32 indexHash,
    bytes32 programHash,
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

  /// @notice A request was decided: the audit trail.
  /// @param requestId the request
  /// @param ledgerRecordId the ledger record asked for
  /// @param requester who asked
  /// @param decision granted, or why not
  /// @param epoch the epoch it was decided in
  /// @param expiry the first second at which a grant is no longer live
  /// @param nonce the requester's nonce
  /// @param purpose what for, as the requester says
  /// @param responseKey the key that gates seal their answers to, 65 bytes
  event Decided(
    bytes32 indexed requestId,
    bytes32 indexed ledgerRecordId,
    address indexed requester,
    Decision decision,
    uint64 epoch,
    uint64 expiry,
    bytes32 nonce,
    bytes32 purpose,
    bytes responseKey
  );

  /// @notice No contract stands at the address of a registry.
  /// @param registry the address
  error IndexLedgerRegistryMissing(address registry);
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
  /// @notice The index bytes don't have the hash in the publication.
  error IndexLedgerIndexHashMismatch();
  /// @notice The policy program doesn't have the hash in the publication.
  error IndexLedgerProgramHashMismatch();
  /// @notice An index that is empty or longer than 4096 bytes.
  /// @param size its length in bytes
  error IndexLedgerIndexSize(uint256 size);
  /// @notice A policy program longer than 2048 bytes.
  /// @param size its length in bytes
  error IndexLedgerProgramSize(uint256 size);
  /// @notice A policy text longer than 4096 bytes.
  /// @param size its length in bytes
  error IndexLedgerPolicySize(uint256 size);
  /// @notice The owner didn't deal this key set, or nobody did.
  /// @param keySet the key set
  /// @param dealer who dealt it; zero if nobody
  error IndexLedgerKeySetForeign(bytes32 keySet, address dealer);
  /// @notice The signature isn't the owner's over just this, for this contract on this chain.
  error IndexLedgerSignatureInvalid();
  /// @notice The deadline for relaying has passed.
  /// @param deadline the last second at which it could be relayed
  error IndexLedgerDeadlinePassed(uint256 deadline);
  /// @notice The epoch is closed already.
  /// @param ledgerRecordId the ledger record
  error IndexLedgerAlreadyClosed(bytes32 ledgerRecordId);
  /// @notice The response key isn't 65 bytes that start with 0x04.
  error IndexLedgerResponseKeyMalformed();
  /// @notice The expiry doesn't lie in the future, or lies beyond 2^32 - 1 (the year 2106).
  /// @param expiry the expiry given
  error IndexLedgerExpiryOutOfRange(uint64 expiry);
  /// @notice The same request has a grant already.
  /// @param requestId the request
  error IndexLedgerRequestAlreadyGranted(bytes32 requestId);

  /// @notice Publishes a version; the caller must be its owner. The nonce and deadline in it are ignored, so an owner
  /// whom a relayer keeps waiting can send the very same publication; its signature is void then, as the version is used.
  /// @dev Emits {Published}.
  /// @param publication what is published
  /// @param salt the salt of the ledger record id; looked at for the first version only
  /// @param program the policy program (see the PolicyProgram library), at most 2048 bytes
  /// @param index the index bytes, 1 to 4096
  /// @param policy the policy as text, for the event, at most 4096 bytes
  function publish(
    Publication calldata publication,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external;

  /// @notice Publishes a version for its owner, who signed the publication; anyone may send it.
  /// @dev Uses up the owner's nonce. Emits {Published}.
  /// @param publication what is published
  /// @param salt the salt of the ledger record id; looked at for the first version only
  /// @param program the policy program, at most 2048 bytes
  /// @param index the index bytes, 1 to 4096
  /// @param policy the policy as text, for the event, at most 4096 bytes. Not signed: see {Published}
  /// @param signature the owner's EIP-712 signature over `Publish`, 65 bytes
  function publishFor(
    Publication calldata publication,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy,
    bytes calldata signature
  ) external;

  /// @notice Closes the current epoch; the caller must be the owner. From this block on every request is denied and
  /// nothing is releasable, until a publish with the next epoch.
  /// @dev Emits {Closed}.
  /// @param ledgerRecordId the ledger record
  function close(bytes32 ledgerRecordId) external;

  /// @notice Closes the current epoch for the owner, who signed it; anyone may send it.
  /// @dev Uses up the owner's nonce. Emits {Closed}.
  /// @param closing what the owner signed
  /// @param signature the owner's EIP-712 signature over `Close`, 65 bytes
  function closeFor(Closing calldata closing, bytes calldata signature) external;

  /// @notice Blocks an account from a ledger record, or lets it in again; the caller must be the owner. A block holds in
  /// all epochs, and stops grants that were given before it.
  /// @dev Emits {BlockChanged}.
  /// @param ledgerRecordId the ledger record
  /// @param account who
  /// @param blocked whether it's to be blocked
  function setBlocked(bytes32 ledgerRecordId, address account, bool blocked) external;

  /// @notice Asks to learn the index of a ledger record. A denial doesn't fail: it's logged, leaves no state, and the
  /// same request may be made again. Fails for an unknown record, malformed input and a request that has a grant.
  /// @dev Emits {Decided}. The request id is keccak256(abi.encode(block.chainid, address(this), ledgerRecordId, epoch,
  /// msg.sender, nonce, purpose, keccak256(responseKey), expiry)) with the epoch current at that block.
  /// @param ledgerRecordId the ledger record
  /// @param nonce chosen by the requester
  /// @param purpose what for
  /// @param responseKey the key that gates seal their answers to: an uncompressed P-256 point, 65 bytes
  /// @param expiry the first second at which a grant is no longer live; in the future, at most 2^32 - 1
  /// @return requestId the request's id
  /// @return granted whether it was granted
  function request(
    bytes32 ledgerRecordId,
    bytes32 nonce,
    bytes32 purpose,
    bytes calldata responseKey,
    uint64 expiry
  ) external returns (bytes32 requestId, bool granted);

  /// @notice Where a request stands now.
  /// @param requestId the request
  /// @return current its status; the first in the order Unknown, Expired, EpochEnded, Closed, Blocked,
  /// PolicyNotSatisfied that applies, else Live
  function status(bytes32 requestId) external view returns (Status current);

  /// @notice Whether a request has a live grant now: the one definition that gates and gateway go by. It's granted, not
  /// expired, of the current epoch, which isn't closed; and the requester isn't blocked and satisfies the current policy.
  /// @param requestId the request
  /// @return live whether its status is Live
  function releasable(bytes32 requestId) external view returns (bool live);

  /// @notice A grant as it was given; all zero if there is none.
  /// @param requestId the request
  /// @return grant the grant
  function grantOf(bytes32 requestId) external view returns (Grant memory grant);

  /// @notice A ledger record as it stands; fails for an unknown one.
  /// @param ledgerRecordId the ledger record
  /// @return current the ledger record
  function record(bytes32 ledgerRecordId) external view returns (RecordView memory current);

  /// @notice Whether an account is blocked from a ledger record.
  /// @param ledgerRecordId the ledger record
  /// @param account the account
  /// @return blocked true while it is
  function isBlocked(bytes32 ledgerRecordId, address account) external view returns (bool blocked);

  /// @notice The registry that attributes are looked up in.
  /// @return registry its address
  function attributeRegistry() external view returns (IAttributeRegistry registry);

  /// @notice The registry that key sets are looked up in.
  /// @return registry its address
  function keyRegistry() external view returns (IKeyRegistry registry);
}
