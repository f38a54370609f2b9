import { formatProblem, TaskError } from '../base/error.js';
import type { Value } from '../base/value.js';
import { checkRoleArguments } from '../playbook/index.js';
import type { Role } from '../playbook/tree.js';
import type { TaskScope } from './variables.js';

/**
 * Checks a role's variables against its argument specification, before its first task on a host.
 * @throws TaskError naming every argument that is wrong; Unanswered where a fact is needed first
 */
export function checkRole(role: Role, scope: TaskScope): void {
  const { argumentSpec } = role;
  if (!argumentSpec) return;
  const names = Object.keys(argumentSpec.options).filter((name) => scope.has(name));
  const values = new Map<string, Value>(names.map((name) => [name, scope.get(name)]));
  const problems = checkRoleArguments(
    argumentSpec,
    values,
    (name) => role.params.get(name)?.place ?? argumentSpec.place,
  );
  if (problems.length === 0) return;
  throw new TaskError(
    `the role ${role.name} was given wrong arguments: ${problems.map(formatProblem).join('; ')}`,
    `see ${argumentSpec.place.file}`,
  );
}
