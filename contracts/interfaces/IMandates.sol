// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Mandates
/// @notice How a relayer shows that it acts for an owner: by that owner's EIP-712 signature, for this contract on this chain.
/// Times are seconds since 1970.
interface IMandates {
  /// @notice In whose name a relayer acts.
  struct Mandate {
    /// who signed: an account, or a contract that answers ERC-1271
    address owner;
    /// their next nonce
    uint256 nonce;
    /// the last second at which it may be relayed
    uint256 deadline;
    /// their EIP-712 signature
    bytes signature;
  }

  /// @notice The signature isn't the owner's over just this, for this contract on this chain.
  error IndexLedgerSignatureInvalid();
  /// @notice The nonce isn't the owner's next one.
  /// @param expected the next nonce
  /// @param given the nonce given
  error IndexLedgerNonceMismatch(uint256 expected, uint256 given);
  /// @notice The deadline for relaying has passed.
  /// @param deadline the last second at which it could be relayed
  error IndexLedgerDeadlinePassed(uint256 deadline);

  /// @notice The next nonce of an account.
  /// @param owner the account
  /// @return nonce what its next mandate must carry
  function nonces(address owner) external view returns (uint256 nonce);
}
