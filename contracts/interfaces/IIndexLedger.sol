// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IAttributeRegistry} from "./IAttributeRegistry.sol";
import {IIndexRecords} from "./IIndexRecords.sol";
import {IKeyRegistry} from "./IKeyRegistry.sol";

/// @title The ledger of encrypted indexes of one chain
/// @notice Decides who may learn the index of a ledger record, and logs each decision. The records themselves are in
/// {IIndexRecords}. An administrator may pause new grants and can do nothing else: not change a record or a grant, not give
/// one, and not keep an owner from publishing, closing, blocking, revoking or transferring.
interface IIndexLedger is IIndexRecords {
  /// @notice A grant as it was given; whether it's live now tells {status}.
  struct Grant {
    /// the ledger record it's for
    bytes32 ledgerRecordId;
    /// who asked
    address requester;
    /// the epoch it was given in
    uint64 epoch;
    /// the first second at which it's no longer live; 0 once the owner revoked it
    uint64 expiry;
    /// what for: a number of the table of purposes
    uint8 purpose;
  }

  /// @notice How a request was decided.
  enum Decision {
    Granted,
    Paused,
    Closed,
    Blocked,
    PurposeNotAllowed,
    PolicyNotSatisfied
  }

  /// @notice Where a request stands now. Unknown also stands for requests that were denied.
  enum Status {
    Unknown,
    Live,
    Revoked,
    Expired,
    EpochEnded,
    Closed,
    Blocked,
    PurposeNotAllowed,
    PolicyNotSatisfied
  }

  /// @notice What a decision rests on, for people.
  struct Explanation {
    /// what would be decided now, a pause aside
    Decision decision;
    /// the purposes that the policy allows; none for any
    bytes purposes;
    /// keccak-256 of each attribute that the policy names
    bytes32[] attributes;
    /// the comparisons that the policy makes, 37 bytes each
    bytes comparisons;
    /// bit i tells whether attribute i holds, or after them comparison i less the number of attributes
    uint256 held;
  }

  /// @notice A request was decided: the audit trail.
  /// @param requestId the request
  /// @param ledgerRecordId the ledger record asked for
  /// @param requester who asked
  /// @param decision granted, or why not
  /// @param epoch the epoch it was decided in
  /// @param expiry the first second at which a grant is no longer live
  /// @param nonce the requester's nonce
  /// @param purpose what for, as the requester says: a number of the table of purposes
  /// @param responseKey the key that gates seal their answers to, 65 bytes
  event Decided(
    bytes32 indexed requestId,
    bytes32 indexed ledgerRecordId,
    address indexed requester,
    Decision decision,
    uint64 epoch,
    uint64 expiry,
    bytes32 nonce,
    uint8 purpose,
    bytes responseKey
  );

  /// @notice An owner revoked a grant.
  /// @param requestId the request it was given to
  /// @param ledgerRecordId the ledger record
  /// @param requester who had asked
  event GrantRevoked(bytes32 indexed requestId, bytes32 indexed ledgerRecordId, address indexed requester);

  /// @notice No contract stands at the address of a registry.
  /// @param registry the address
  error IndexLedgerRegistryMissing(address registry);
  /// @notice The response key isn't 65 bytes that start with 0x04.
  error IndexLedgerResponseKeyMalformed();
  /// @notice The expiry doesn't lie in the future, or lies beyond 2^32 - 1 (the year 2106).
  /// @param expiry the expiry given
  error IndexLedgerExpiryOutOfRange(uint64 expiry);
  /// @notice The same request has a grant already, or had one that was revoked.
  /// @param requestId the request
  error IndexLedgerRequestAlreadyGranted(bytes32 requestId);
  /// @notice No grant was given to this request.
  /// @param requestId the request
  error IndexLedgerGrantUnknown(bytes32 requestId);
  /// @notice The grant was revoked before.
  /// @param requestId the request
  error IndexLedgerGrantAlreadyRevoked(bytes32 requestId);

  /// @notice Asks to learn the index of a ledger record. A denial doesn't fail: it's logged, leaves no state, and the
  /// same request may be made again. Fails for an unknown record, malformed input and a request that has a grant.
  /// @dev Emits {Decided}. The request id is keccak256(abi.encode(block.chainid, address(this), ledgerRecordId, epoch,
  /// msg.sender, nonce, purpose, keccak256(responseKey), expiry)) with the epoch current at that block.
  /// @param ledgerRecordId the ledger record
  /// @param nonce chosen by the requester
  /// @param purpose what for: a number of the table of purposes (HL7 v3 PurposeOfUse), 0 for unsaid
  /// @param responseKey the key that gates seal their answers to: an uncompressed P-256 point, 65 bytes
  /// @param expiry the first second at which a grant is no longer live; in the future, at most 2^32 - 1
  /// @return requestId the request's id
  /// @return granted whether it was granted
  function request(
    bytes32 ledgerRecordId,
    bytes32 nonce,
    uint8 purpose,
    bytes calldata responseKey,
    uint64 expiry
  ) external returns (bytes32 requestId, bool granted);

  /// @notice Ends a grant; the caller must be the owner of its ledger record. The requester may ask anew: block them if
  /// they should not.
  /// @dev Emits {GrantRevoked}.
  /// @param requestId the request that has the grant
  function revokeGrant(bytes32 requestId) external;

  /// @notice Ends a grant for the owner of its ledger record, who signed `RevokeGrant(bytes32 requestId,address owner,uint256
  /// nonce,uint256 deadline)`.
  /// @dev Uses up the owner's nonce. Emits {GrantRevoked}.
  /// @param mandate in whose name
  /// @param requestId the request that has the grant
  function revokeGrantFor(Mandate calldata mandate, bytes32 requestId) external;

  /// @notice Stops new grants: from this block on requests are decided with Paused. Grants that are live stay so.
  /// @dev Only for PAUSER_ROLE.
  function pause() external;

  /// @notice Lets requests be granted again.
  /// @dev Only for PAUSER_ROLE.
  function unpause() external;

  /// @notice Where a request stands now.
  /// @param requestId the request
  /// @return current its status; the first in the order Unknown, Revoked, Expired, EpochEnded, Closed, Blocked,
  /// PurposeNotAllowed, PolicyNotSatisfied that applies, else Live
  function status(bytes32 requestId) external view returns (Status current);

  /// @notice Whether a request has a live grant now: the one definition that gates and gateway go by. It's granted, not
  /// revoked, not expired, of the current epoch, which isn't closed; the requester isn't blocked, the current policy allows
  /// the purpose, and the requester satisfies it.
  /// @param requestId the request
  /// @return live whether its status is Live
  function releasable(bytes32 requestId) external view returns (bool live);

  /// @notice A grant as it was given; all zero if there is none.
  /// @param requestId the request
  /// @return grant the grant
  function grantOf(bytes32 requestId) external view returns (Grant memory grant);

  /// @notice What a request by somebody for a purpose would rest on now: which leaves of the policy hold and which don't.
  /// @param ledgerRecordId the ledger record
  /// @param requester who would ask
  /// @param purpose what for
  /// @return explanation what it would rest on
  function explainFor(
    bytes32 ledgerRecordId,
    address requester,
    uint8 purpose
  ) external view returns (Explanation memory explanation);

  /// @notice The same for a request that was granted. One that was denied left no state: take record, requester and purpose
  /// from its event.
  /// @param requestId the request
  /// @return explanation what its grant rests on now
  function explain(bytes32 requestId) external view returns (Explanation memory explanation);

  /// @notice The registry that attributes are looked up in.
  /// @return registry its address
  function attributeRegistry() external view returns (IAttributeRegistry registry);

  /// @notice The registry where clients and gates find key sets.
  /// @return registry its address
  function keyRegistry() external view returns (IKeyRegistry registry);
}
