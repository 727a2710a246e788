// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Receipts of releases, anchored in batches
/// @notice A gate signs a receipt for each release: EIP-712
/// `Receipt(bytes32 requestId,bytes32 ledgerRecordId,uint64 version,uint64 time)` under this contract's domain. Now and
/// then it anchors the Merkle root of those that it gave: then it can't deny them, nor make any up for an earlier time.
/// Best effort: a gate that stops may lose a batch. A receipt proves a release; its absence proves nothing.
/// The tree is that of OpenZeppelin's MerkleProof (sorted pairs); a leaf is keccak256(abi.encode(digest)), with the
/// receipt's EIP-712 digest: an inner node hashes 64 bytes, a leaf 32, so that neither passes for the other.
interface IReceiptAnchors {
  /// @notice What a gate says that it released.
  struct Receipt {
    /// the granted request
    bytes32 requestId;
    /// the ledger record that the request was for
    bytes32 ledgerRecordId;
    /// the version whose index was opened
    uint64 version;
    /// when, in Unix seconds by the gate's own clock
    uint64 time;
  }

  /// @notice A gate anchored a batch of receipts.
  /// @param gate its account
  /// @param root the Merkle root
  /// @param count how many receipts, by the gate's own word
  event ReceiptsAnchored(address indexed gate, bytes32 indexed root, uint32 count);

  /// @notice A batch without a root or without a receipt.
  error ReceiptAnchorsBatchEmpty();
  /// @notice This gate anchored this root before.
  /// @param root the Merkle root
  error ReceiptAnchorsRootTwice(bytes32 root);

  /// @notice Anchors a batch of the caller's receipts.
  /// @dev Needs a registered gate as caller. Emits {ReceiptsAnchored}.
  /// @param root the Merkle root, each once
  /// @param count how many receipts it stands for; nothing checks it
  function anchorReceipts(bytes32 root, uint32 count) external;

  /// @notice When a gate anchored a root.
  /// @param gate its account
  /// @param root the Merkle root
  /// @return time of the block, in Unix seconds; 0 if it didn't
  function receiptsAnchoredAt(address gate, bytes32 root) external view returns (uint64 time);

  /// @notice Whether a gate anchored this receipt under this root.
  /// @param gate its account
  /// @param root the Merkle root
  /// @param receipt the receipt itself: a bare node of the tree is no receipt
  /// @param proof the siblings on the way from its leaf up to the root
  /// @return anchored whether it did
  function receiptAnchored(
    address gate,
    bytes32 root,
    Receipt calldata receipt,
    bytes32[] calldata proof
  ) external view returns (bool anchored);
}
