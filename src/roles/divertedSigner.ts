/** An account that signs as ever, and sends through something else: an outbox that survives a stop, or a rehearsal. */
import {
  AbstractSigner,
  type Provider,
  type Signer,
  type TransactionRequest,
  type TransactionResponse,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";

/** What takes an account's transactions instead of its node. */
export type Sender = { send(signer: Signer, request: TransactionRequest): Promise<TransactionResponse> };

export class DivertedSigner extends AbstractSigner {
  private readonly signer: Signer;
  private readonly sender: Sender;

  constructor(signer: Signer, sender: Sender) {
    super(signer.provider);
    this.signer = signer;
    this.sender = sender;
  }

  override getAddress(): Promise<string> {
    return this.signer.getAddress();
  }

  override connect(provider: Provider | null): Signer {
    return new DivertedSigner(this.signer.connect(provider), this.sender);
  }

  override signTransaction(request: TransactionRequest): Promise<string> {
    return this.signer.signTransaction(request);
  }

  override sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    return this.sender.send(this.signer, request);
  }

  override signMessage(message: string | Uint8Array): Promise<string> {
    return this.signer.signMessage(message);
  }

  override signTypedData(
    domain: TypedDataDomain,
    fields: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.signer.signTypedData(domain, fields, value);
  }
}
