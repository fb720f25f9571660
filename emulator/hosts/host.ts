import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EmulatorClock, HostRule, Services } from '../types.ts';
import { Agent } from './agent.ts';
import type { StackCalls } from './cloudformation.ts';
import { createCommands } from './commands/commands.ts';
import type { Instance } from './instance.ts';
import type { ControlServer } from './machine/control.ts';
import type { PreparedImage } from './machine/image.ts';
import { type Machine, startMachine } from './machine/machine.ts';
import { quote } from './machine/shell.ts';
import { type ScriptedBehaviour, scriptedBoot } from './scripted-boot.ts';
import { journalFile } from './systemd/command-line.ts';
import { Systemd } from './systemd/systemd.ts';

export interface HostParts {
  readonly instance: Instance;
  readonly ecs: Services['ecs'];
  readonly calls: StackCalls;
  readonly clock: EmulatorClock;
  /** Undefined where no namespace can be made: the host boots from scripted steps. */
  readonly namespace:
    | { readonly image: PreparedImage; readonly unshare: readonly string[]; readonly control: ControlServer }
    | undefined;
}

export interface Host {
  /** Whether ECS holds the agent for connected. */
  readonly agentConnected: boolean;
  readonly containerInstanceArn: string | undefined;
  readonly cluster: string | undefined;
  console(): string;
  /** Stops everything that runs on it. */
  end(): Promise<void>;
}

type Behaviour = HostRule['behaviour'];

const UNITS = ['cloud-final.service', 'docker.service', 'ecs.service'];
const unitText = (name: string) => readFileSync(fileURLToPath(new URL(`root/units/${name}`, import.meta.url)), 'utf8');

const isScripted = (behaviour: Behaviour): behaviour is ScriptedBehaviour =>
  ['scripted', 'signals-only', 'registers-only', 'other-cluster'].includes(behaviour.kind);

/** Boots an instance, as far as what befalls it lets it. Returns at once. */
export function bootHost(parts: HostParts, behaviours: readonly Behaviour[]): Host {
  const { instance, clock, calls } = parts;
  const over = new AbortController();
  let machine: Machine | undefined;
  let scriptedConsole = '';
  const print = (text: string) => {
    if (machine === undefined) scriptedConsole += text;
    else machine.print(text);
  };
  const agent = new Agent({
    instance,
    ecs: parts.ecs,
    log(line) {
      const written = quote(`${line}\n`);
      machine?.run(
        `printf %s ${written} >> /var/log/ecs/ecs-agent.log; printf %s ${written} >> ${journalFile('ecs.service')}`,
      );
    },
  });
  const away = behaviours.find((behaviour) => behaviour.kind === 'agent-away');
  let isAway = away !== undefined;
  if (away?.forMs !== undefined) {
    clock.sleep(away.forMs, over.signal).then(
      () => {
        isAway = false;
      },
      () => undefined,
    );
  }

  const inNamespace = async ({ image, unshare, control }: NonNullable<HostParts['namespace']>) => {
    const systemd = new Systemd({
      builtIn: new Map(UNITS.map((name) => [name, unitText(name)])),
      enabled: image.enabledUnits,
      clock,
      signal: over.signal,
      run: (script) => started.run(script),
      print,
    });
    const carryOut = createCommands({ instance, agent, calls, clock, systemd: () => systemd });
    const started = await startMachine({ image, unshare, control, carryOut });
    machine = started;
    void started.ended.then(() => over.abort(new Error('the machine has ended')));
    if (over.signal.aborted) return started.end();
    systemd.reload(image.units);
    systemd.boot();
  };

  const boot = async () => {
    if (behaviours.some(({ kind }) => kind === 'dead')) return;
    const slow = behaviours.find((behaviour) => behaviour.kind === 'slow');
    if (slow !== undefined) await clock.sleep(slow.delayMs, over.signal);
    const scripted = behaviours.find(isScripted);
    if (parts.namespace === undefined || scripted !== undefined) {
      await scriptedBoot({ instance, agent, calls, print }, scripted ?? { kind: 'scripted' });
    } else {
      await inNamespace(parts.namespace);
    }
  };
  const booted = boot().catch((error) => {
    if (!over.signal.aborted)
      print(`The local AWS could not boot this host: ${error instanceof Error ? error.stack : error}\n`);
  });

  return {
    get agentConnected() {
      return !isAway && (machine === undefined || agent.running);
    },
    get containerInstanceArn() {
      return agent.containerInstanceArn;
    },
    get cluster() {
      return agent.cluster;
    },
    console: () => machine?.console() ?? scriptedConsole,
    async end() {
      over.abort(new Error('the instance is gone'));
      await booted;
      await machine?.end();
    },
  };
}
