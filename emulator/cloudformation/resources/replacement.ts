import { type PropertyFacts, specification, typeFacts, type ValueType } from './specification.ts';

/**
 * Whether a change of this property replaces the resource, as AWS's resource specification says ("Update requires:
 * Replacement"). `maybe` depends on the values, or on which part of it changes: `replacingChanges` compares them.
 * A property that the specification does not have replaces nothing.
 */
export function replacement(type: string, property: string): 'yes' | 'no' | 'maybe' {
  const facts = propertyFacts(type, property);
  if (facts?.replacement) return facts.replacement;
  return facts && hasReplacingPart(facts.type) ? 'maybe' : 'no';
}

function hasReplacingPart(type: ValueType): boolean {
  if (typeof type === 'string' || !('object' in type)) return false;
  const fields = Object.values(specification().objects[type.object] ?? {});
  return fields.some((facts) => facts.replacement === 'yes' || hasReplacingPart(facts.type));
}

/** Whether the specification knows the type at all; the engine has providers for fewer. */
export function knownType(type: string): boolean {
  return typeFacts(type) !== undefined;
}

export function knownProperty(type: string, property: string): boolean {
  return propertyFacts(type, property) !== undefined;
}

/** The names of the properties that must be given. */
export function requiredProperties(type: string): readonly string[] {
  return Object.entries(typeFacts(type)?.properties ?? {})
    .filter(([, facts]) => facts.required)
    .map(([name]) => name);
}

/** The type of a top-level property; undefined when the specification does not have the property. */
export function propertyType(type: string, property: string): ValueType | undefined {
  return propertyFacts(type, property)?.type;
}

/** What `Fn::GetAtt` can return for the type, nested names with dots. */
export function attributesOf(type: string): readonly string[] {
  return typeFacts(type)?.attributes ?? [];
}

function propertyFacts(type: string, property: string): PropertyFacts | undefined {
  const properties = typeFacts(type)?.properties;
  return properties && Object.hasOwn(properties, property) ? properties[property] : undefined;
}
