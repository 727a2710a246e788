// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Mandates} from "./Mandates.sol";
import {IIndexRecords} from "./interfaces/IIndexRecords.sol";

/// @title RecordTransfers
/// @notice How a ledger record gets another owner: offered by the one, taken over by the other.
abstract contract RecordTransfers is Mandates {
  bytes32 private constant OFFER_TYPEHASH = keccak256(
    "OfferTransfer(bytes32 ledgerRecordId,address newOwner,address owner,uint256 nonce,uint256 deadline)"
  );
  bytes32 private constant ACCEPT_TYPEHASH = keccak256(
    "AcceptTransfer(bytes32 ledgerRecordId,address owner,uint256 nonce,uint256 deadline)"
  );

  /// @dev ledger record id => who may take it over; zero for nobody
  mapping(bytes32 ledgerRecordId => address newOwner) private _offers;

  /// @notice Signatures are for this contract on this chain.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  constructor(string memory domainName) Mandates(domainName) {}

  /// @inheritdoc IIndexRecords
  function offerTransfer(bytes32 ledgerRecordId, address newOwner) external {
    _offer(ledgerRecordId, msg.sender, newOwner);
  }

  /// @inheritdoc IIndexRecords
  function offerTransferFor(Mandate calldata mandate, bytes32 ledgerRecordId, address newOwner) external {
    _authorize(
      mandate,
      keccak256(
        abi.encode(OFFER_TYPEHASH, ledgerRecordId, newOwner, mandate.owner, mandate.nonce, mandate.deadline)
      )
    );
    _offer(ledgerRecordId, mandate.owner, newOwner);
  }

  /// @inheritdoc IIndexRecords
  function acceptTransfer(bytes32 ledgerRecordId) external {
    _accept(ledgerRecordId, msg.sender);
  }

  /// @inheritdoc IIndexRecords
  function acceptTransferFor(Mandate calldata mandate, bytes32 ledgerRecordId) external {
    _authorize(
      mandate,
      keccak256(abi.encode(ACCEPT_TYPEHASH, ledgerRecordId, mandate.owner, mandate.nonce, mandate.deadline))
    );
    _accept(ledgerRecordId, mandate.owner);
  }

  /// @inheritdoc IIndexRecords
  function transferOffer(bytes32 ledgerRecordId) external view returns (address newOwner) {
    return _offers[ledgerRecordId];
  }

  /// @dev Offers a ledger record, if it's `owner` who owns it.
  function _offer(bytes32 ledgerRecordId, address owner, address newOwner) private {
    _ownedRecord(ledgerRecordId, owner);
    _offers[ledgerRecordId] = newOwner;
    emit TransferOffered(ledgerRecordId, owner, newOwner);
  }

  /// @dev Ends the epoch with the old owner's rights: grants were theirs to give.
  function _accept(bytes32 ledgerRecordId, address newOwner) private {
    Record storage current = _knownRecord(ledgerRecordId);
    if (newOwner != _offers[ledgerRecordId]) revert IndexLedgerTransferNotOffered(ledgerRecordId, newOwner);
    delete _offers[ledgerRecordId];
    Record memory next = current;
    address owner = next.owner;
    _unlink(next);
    next.owner = newOwner;
    _link(next);
    next.phase = Phase.HandedOver;
    _records[ledgerRecordId] = next;
    emit Transferred(ledgerRecordId, owner, newOwner, next.epoch);
  }
}
