export { createHosts, type HostsOptions } from './hosts.ts';
