import type { EmulatorClock } from '../../types.ts';
import type { Agent } from '../agent.ts';
import type { StackCalls } from '../cloudformation.ts';
import type { Instance } from '../instance.ts';
import type { Command, CommandHandler } from '../machine/control.ts';
import { result } from '../machine/shell.ts';
import { createMetadataService } from '../metadata-service.ts';
import type { Systemd } from '../systemd/systemd.ts';
import { cfnInit } from './cfn-init.ts';
import { cfnSignal } from './cfn-signal.ts';
import { type Ask, curl } from './curl.ts';
import { packageManager } from './package-manager.ts';
import { logger, sudo } from './small.ts';
import { journalctl, systemctl } from './systemctl.ts';
import { sleep, timeout } from './time.ts';
import { finalStage } from './user-data.ts';

export interface CommandParts {
  readonly instance: Instance;
  readonly agent: Agent;
  readonly calls: StackCalls;
  readonly clock: EmulatorClock;
  systemd(): Systemd;
}

/** How long a host waits for a server that is neither the agent nor the metadata service. Milliseconds. */
const OUTSIDE_LIMIT = 30_000;

/** Carries out every command of a host that has a stand-in. */
export function createCommands(parts: CommandParts): CommandHandler {
  const ask = createAsk(parts);
  return async (command) => {
    const { name, args, gone } = command;
    switch (name) {
      case 'amazon-ecs-init':
        return ecsInit(parts.agent, command);
      case 'amazon-cloudwatch-agent-ctl':
        return result({ stdout: 'Configuration validation succeeded\n' });
      case 'cfn-init':
        return cfnInit(parts.calls, args);
      case 'cfn-signal':
        return cfnSignal(parts.calls, parts.instance, args);
      case 'cloud-init':
        return finalStage(parts.instance.userData);
      case 'curl':
        return curl(ask, args, gone);
      case 'dnf':
      case 'yum':
        return packageManager(args);
      case 'dockerd':
        return untilGone(gone);
      case 'cfn-hup':
        return result({ stderr: 'cfn-hup: the local AWS does not watch for updates of metadata\n', code: 1 });
      case 'journalctl':
        return journalctl(args);
      case 'logger':
        return logger(args);
      case 'sleep':
        return sleep(parts.clock, args, gone);
      case 'sudo':
        return sudo(args);
      case 'systemctl':
        parts.systemd().reload(command.files);
        return systemctl(parts.systemd(), args);
      case 'timeout':
        return timeout(parts.clock, args);
      default:
        return result({ stderr: `${name}: the local AWS has no such command\n`, code: 127 });
    }
  };
}

async function ecsInit(agent: Agent, { args, files, gone }: Command): Promise<string> {
  if (args[0] !== 'start') return result({});
  return result({ code: await agent.start(files.get('/etc/ecs/ecs.config') ?? '', gone) });
}

const untilGone = (gone: AbortSignal) =>
  new Promise<string>((resolve) => gone.addEventListener('abort', () => resolve(result({})), { once: true }));

/** The metadata service, the agent, and what is outside. The machine that the hosts run on is none of these. */
function createAsk({ instance, agent }: CommandParts): Ask {
  const metadata = createMetadataService(instance);
  return async (request) => {
    const { url, method, headers, body, signal } = request;
    if (url.hostname === '169.254.169.254') return metadata(request);
    if (/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(url.hostname)) {
      return url.port === '51678' ? agent.introspect(request) : undefined;
    }
    try {
      const answer = await fetch(url, {
        method,
        headers: [...headers],
        body: body ?? null,
        signal: AbortSignal.any([signal, AbortSignal.timeout(OUTSIDE_LIMIT)]),
      });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return undefined;
    }
  };
}
