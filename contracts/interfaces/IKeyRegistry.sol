// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title The gates of this chain, and the key sets whose sealed shares they open indexes with
/// @notice A key set is (dealer, index public key); its id is keccak256(abi.encode(dealer, keccak256(indexKey))). Its
/// dealer can deal the same key again, to other gates or with another threshold: each time its generation grows by one,
/// and the newest one holds. Points are uncompressed P-256 points: 65 bytes that start with 0x04. That points lie on the
/// curve and shares fit their commitments is checked by gates and clients, not here. A gate whose share is bad complains,
/// with evidence that anyone can judge.
interface IKeyRegistry {
  /// @notice The current generation of a key set. The gate at gates[i] has the share of index i + 1.
  struct KeySetView {
    /// the account that dealt it, and so the only one that may publish under it
    address dealer;
    /// 1 for the first deal, one more with each
    uint64 generation;
    /// how many gates must take part to open an index (t)
    uint8 threshold;
    /// the index public key, 65 bytes
    bytes indexKey;
    /// the gates that have shares (n of them)
    address[] gates;
    /// Feldman commitments, threshold * 65 bytes; the first is the index public key
    bytes commitments;
    /// one sealed share a gate, in the order of gates
    bytes[] sealedShares;
  }

  /// @notice A gate was registered, or its address on the net changed.
  /// @param gate the gate's account
  /// @param hpkeKey the key that shares are sealed to, 65 bytes
  /// @param url where it answers
  event GateSet(address indexed gate, bytes hpkeKey, string url);

  /// @notice A gate was removed: no new key set can name it.
  /// @param gate the gate's account
  event GateRemoved(address indexed gate);

  /// @notice A key set was dealt.
  /// @param keySet its id
  /// @param dealer who dealt it
  /// @param generation which deal of this key it is
  /// @param threshold how many gates must take part (t)
  /// @param n how many gates have shares
  event KeySetDealt(
    bytes32 indexed keySet,
    address indexed dealer,
    uint64 generation,
    uint8 threshold,
    uint8 n
  );

  /// @notice A gate says that its share is bad. Whether it is follows from the evidence, off chain.
  /// @param keySet the key set
  /// @param gate who complains
  /// @param generation the deal that it complains about
  /// @param evidence what shows it
  event ShareComplained(bytes32 indexed keySet, address indexed gate, uint64 generation, bytes evidence);

  /// @notice Not an uncompressed P-256 point, or not as many of them as promised.
  error KeyRegistryPointMalformed();
  /// @notice A gate's URL that is empty or longer than 256 bytes.
  /// @param size its length in bytes
  error KeyRegistryUrlSize(uint256 size);
  /// @notice The zero address can't be a gate.
  error KeyRegistryGateZero();
  /// @notice No such gate.
  /// @param gate the account that isn't registered as a gate
  error KeyRegistryGateUnknown(address gate);
  /// @notice An account's key never changes: it comes from the same seed as the account. A new seed is a new account.
  /// @param gate the gate, registered now or earlier
  error KeyRegistryGateKeyFixed(address gate);
  /// @notice The account didn't sign for this key, on this chain and contract.
  /// @param gate the account
  error KeyRegistrySignatureInvalid(address gate);
  /// @notice A key set that names a gate twice.
  /// @param gate the gate
  error KeyRegistryGateTwice(address gate);
  /// @notice Not 1 <= t <= n <= 31.
  /// @param threshold t
  /// @param n the number of gates
  error KeyRegistryThresholdInvalid(uint256 threshold, uint256 n);
  /// @notice The first commitment isn't the index public key.
  error KeyRegistryCommitmentMismatch();
  /// @notice Not one sealed share a gate, or one that is empty or longer than 512 bytes.
  error KeyRegistrySharesMalformed();
  /// @notice No such key set.
  /// @param keySet its id
  error KeyRegistryKeySetUnknown(bytes32 keySet);
  /// @notice A complaint about another generation than the current one, or a deal of another than the next.
  /// @param due the generation that it must be
  /// @param given the one that was given
  error KeyRegistryGenerationMismatch(uint64 due, uint64 given);
  /// @notice A complaint by an account that the current generation gives no share.
  /// @param account who complained
  error KeyRegistryNoShare(address account);
  /// @notice A second complaint of a gate about one generation.
  /// @param gate the gate
  error KeyRegistryComplaintTwice(address gate);
  /// @notice Evidence that is empty or longer than 512 bytes.
  /// @param size its length in bytes
  error KeyRegistryEvidenceSize(uint256 size);

  /// @notice Registers a gate, or changes its URL. The key is the account's own word, and the same for ever: those who
  /// appoint gates can't put another one under its account.
  /// @dev Needs GATE_ADMIN_ROLE. Emits {GateSet}.
  /// @param gate the gate's account
  /// @param hpkeKey the key that shares are sealed to, 65 bytes; once registered, no other
  /// @param url where it answers, 1 to 256 bytes
  /// @param signature EIP-712 `Gate(address account,bytes hpkeKey)` by that account (ERC-1271 if it has code)
  function setGate(
    address gate,
    bytes calldata hpkeKey,
    string calldata url,
    bytes calldata signature
  ) external;

  /// @notice Removes a gate from the list. Key sets that name it stay as they are, and so does its key.
  /// @dev Needs GATE_ADMIN_ROLE. Emits {GateRemoved}.
  /// @param gate the gate's account
  function removeGate(address gate) external;

  /// @notice Deals a key set, or deals it anew: the caller is the dealer.
  /// @dev Emits {KeySetDealt}.
  /// @param indexKey the index public key, 65 bytes
  /// @param generation which deal of this key it is: the one after the last. The sealed shares name it, so another deal that
  /// came first, of another device or sent twice, makes them worthless
  /// @param threshold how many gates must take part (t)
  /// @param gates registered gates, each once, at most 31
  /// @param commitments Feldman commitments, threshold * 65 bytes, the first equal to indexKey
  /// @param sealedShares one sealed share a gate, in the order of gates, 1 to 512 bytes each
  /// @return keySet the id
  function deal(
    bytes calldata indexKey,
    uint64 generation,
    uint8 threshold,
    address[] calldata gates,
    bytes calldata commitments,
    bytes[] calldata sealedShares
  ) external returns (bytes32 keySet);

  /// @notice Complains about the caller's share in the current generation of a key set. Each gate can once a generation,
  /// so what a gate can spend of others' attention is bounded. Removed gates can too: they still hold their shares.
  /// @dev Emits {ShareComplained}.
  /// @param keySet the key set
  /// @param generation the deal that the evidence is about: must be the current one
  /// @param evidence 1 to 512 bytes; everybody can read them
  function complain(bytes32 keySet, uint64 generation, bytes calldata evidence) external;

  /// @notice A registered gate.
  /// @param account the gate's account
  /// @return hpkeKey the key that shares are sealed to; empty if it isn't registered
  /// @return url where it answers; empty if it isn't registered
  function gate(address account) external view returns (bytes memory hpkeKey, string memory url);

  /// @notice The key of an account that is or was a gate: shares that were sealed to it outlive its removal.
  /// @param account the gate's account
  /// @return hpkeKey its key; empty if it never was registered
  function gateKey(address account) external view returns (bytes memory hpkeKey);

  /// @notice The accounts of all registered gates, in no order that is promised.
  /// @return accounts the gates
  function gateAccounts() external view returns (address[] memory accounts);

  /// @notice The current generation of a key set; fails for an unknown one.
  /// @param id the key set
  /// @return current what was dealt last
  function keySet(bytes32 id) external view returns (KeySetView memory current);

  /// @notice Who complained about the current generation of a key set; fails for an unknown one.
  /// @param id the key set
  /// @return places bit i is set if the gate at gates[i] did
  function complaints(bytes32 id) external view returns (uint32 places);

  /// @notice Who dealt a key set.
  /// @param id the key set
  /// @return dealer its dealer; zero for an unknown one
  function dealerOf(bytes32 id) external view returns (address dealer);
}
