import type { AwsCredentialIdentity } from '@smithy/types';
import type { RETRIES, TIME_LIMITS } from './limits.ts';
import type { ProxyAgents } from './proxy.ts';

/** What every client is made with. Without credentials the SDK finds the job's own. */
export interface ClientSettings {
  readonly region: string;
  readonly credentials?: () => Promise<AwsCredentialIdentity>;
  readonly requestHandler: typeof TIME_LIMITS & Partial<ProxyAgents>;
  readonly retryMode: typeof RETRIES.retryMode;
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string?][];
}
