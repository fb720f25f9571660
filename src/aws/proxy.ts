/** The agents that carry requests through the proxy which the environment names. */
export interface ProxyAgents {
  readonly httpAgent: import('node:http').Agent;
  readonly httpsAgent: import('node:https').Agent;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * Agents for the proxy in HTTPS_PROXY or HTTP_PROXY (either case), except for hosts in NO_PROXY; undefined where none
 * is set. Node's own agents know these variables since 24.5 (`proxyEnv`), so that no library is needed.
 */
export async function proxyAgents(env: Environment): Promise<ProxyAgents | undefined> {
  if (!PROXY_VARIABLES.some((name) => env[name])) return undefined;
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  const options = { keepAlive: true, proxyEnv: { ...env } };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}
