import JSON

/// Validates the JSON body of a response against a schema of the document.
///
/// Objects are closed: each property of a body has to be described by the schema, also where the standard allows others,
/// unless the schema says `additionalProperties: true`. The document itself leaves objects open, because clients have to
/// ignore properties that a later version adds, and because generators of clients handle open objects best. A server's
/// own tests are the one place where an undescribed property is an error.
///
/// A property counts as described if any schema that applies to its object and matches it describes it, through `$ref`,
/// `allOf`, `anyOf` and `oneOf`: what `unevaluatedProperties: false` on every object would demand. A `date-time` has to
/// be in UTC with milliseconds, as the document's introduction promises.
struct SchemaValidator: Sendable {
    /// The schemas that can be referred to, by reference.
    let schemas: [String: JSONSchema]

    /// What applying a schema to a value found.
    private struct Findings {
        var violations: [SchemaViolation] = []
        /// The names of the object's properties that the schema describes.
        var described: Set<String> = []
        /// Whether the schema allows every property.
        var describesAll = false
        /// Why alternatives do not match that might describe more.
        var rejections: [SchemaViolation] = []

        mutating func merge(_ other: Findings) {
            violations += other.violations
            mergeDescribed(other)
        }

        mutating func mergeDescribed(_ other: Findings) {
            described.formUnion(other.described)
            describesAll = describesAll || other.describesAll
            rejections += other.rejections
        }
    }

    /// Where a value breaks a schema; empty if it is valid.
    func violations(of value: JSONValue, by schema: JSONSchema, at pointer: String = "") -> [SchemaViolation] {
        let findings = apply(schema, to: value, at: pointer)
        guard case .object(let members) = value, !findings.describesAll else { return findings.violations }
        let rejection = findings.rejections.first.map { ", and an alternative does not match: \($0)" } ?? ""
        return findings.violations
            + members.filter { !findings.described.contains($0.key) }.map { member in
                SchemaViolation(
                    pointer: Self.pointer(to: member.key, in: pointer), rule: schema.location,
                    problem: "is not described" + rejection)
            }
    }

    private func apply(_ schema: JSONSchema, to value: JSONValue, at pointer: String) -> Findings {
        var findings = Findings()
        for (keyword, rule) in schema.rules {
            let location = "\(schema.location)/\(keyword)"
            switch rule {
            case .reference(let name):
                guard let target = schemas[name] else {
                    findings.violations.append(
                        SchemaViolation(pointer: pointer, rule: location, problem: "has a reference to nothing"))
                    continue
                }
                findings.merge(apply(target, to: value, at: pointer))
            case .properties(let properties, let additional):
                findings.merge(
                    applyProperties(properties, additional, to: value, at: pointer, rule: location))
            case .items(let item):
                guard case .array(let elements) = value else { continue }
                for (index, element) in elements.enumerated() {
                    findings.violations += violations(of: element, by: item, at: "\(pointer)/\(index)")
                }
            case .allOf(let parts):
                for part in parts { findings.merge(apply(part, to: value, at: pointer)) }
            case .anyOf(let alternatives):
                findings.merge(
                    applyAlternatives(alternatives, exactlyOne: false, to: value, at: pointer, rule: location))
            case .oneOf(let alternatives):
                findings.merge(
                    applyAlternatives(alternatives, exactlyOne: true, to: value, at: pointer, rule: location))
            case .not(let excluded):
                guard apply(excluded, to: value, at: pointer).violations.isEmpty else { continue }
                findings.violations.append(
                    SchemaViolation(pointer: pointer, rule: location, problem: "matches the excluded schema"))
            default:
                guard let problem = Self.problem(of: value, with: rule) else { continue }
                findings.violations.append(SchemaViolation(pointer: pointer, rule: location, problem: problem))
            }
        }
        return findings
    }

    private func applyProperties(
        _ properties: [String: JSONSchema], _ additional: JSONSchema.AdditionalProperties, to value: JSONValue,
        at pointer: String, rule: String
    ) -> Findings {
        var findings = Findings()
        if case .allowed = additional { findings.describesAll = true }
        guard case .object(let members) = value else { return findings }
        for member in members {
            let memberPointer = Self.pointer(to: member.key, in: pointer)
            if let schema = properties[member.key] {
                findings.described.insert(member.key)
                findings.violations += violations(of: member.value, by: schema, at: memberPointer)
                continue
            }
            switch additional {
            case .undeclared, .allowed: break
            case .forbidden:
                findings.described.insert(member.key)
                findings.violations.append(
                    SchemaViolation(pointer: memberPointer, rule: rule, problem: "is not described"))
            case .matching(let schema):
                findings.described.insert(member.key)
                findings.violations += violations(of: member.value, by: schema, at: memberPointer)
            }
        }
        return findings
    }

    private func applyAlternatives(
        _ alternatives: [JSONSchema], exactlyOne: Bool, to value: JSONValue, at pointer: String, rule: String
    ) -> Findings {
        let outcomes = alternatives.map { apply($0, to: value, at: pointer) }
        let matching = outcomes.filter(\.violations.isEmpty)
        var findings = Findings()
        // A value that matches nothing counts as described by all, to report only the reason.
        for outcome in matching.isEmpty ? outcomes : matching { findings.mergeDescribed(outcome) }
        if !matching.isEmpty { findings.rejections += outcomes.compactMap(\.violations.first) }
        if matching.isEmpty {
            let reasons = outcomes.compactMap { $0.violations.first.map(String.init(describing:)) }
            findings.violations.append(
                SchemaViolation(
                    pointer: pointer, rule: rule, problem: "matches no alternative: \(reasons.joined(separator: "; "))"
                ))
        } else if exactlyOne, matching.count > 1 {
            findings.violations.append(
                SchemaViolation(pointer: pointer, rule: rule, problem: "matches \(matching.count) alternatives"))
        }
        return findings
    }

    /// The violation of a rule by a value itself; nil if valid, and for other kinds of values.
    private static func problem(of value: JSONValue, with rule: JSONSchema.Rule) -> String? {
        switch (rule, value) {
        case (.types(let types), _):
            let names = types.map(\.rawValue).joined(separator: " or ")
            return types.contains { isOf($0, value) } ? nil : "is \(value.kind.rawValue), not \(names)"
        case (.required(let names), .object):
            let missing = names.filter { value[$0] == nil }
            return missing.isEmpty ? nil : "lacks \(missing.joined(separator: ", "))"
        case (.allowedValues(let values), _):
            return values.contains { areEqual($0, value) } ? nil : "is \(value.serialized()), not an allowed value"
        case (.constant(let constant), _):
            return areEqual(constant, value) ? nil : "is \(value.serialized()), not \(constant.serialized())"
        case (.minimumItems(let count), .array(let elements)):
            return elements.count >= count ? nil : "has \(elements.count) elements, fewer than \(count)"
        case (.maximumItems(let count), .array(let elements)):
            return elements.count <= count ? nil : "has \(elements.count) elements, more than \(count)"
        case (.uniqueItems, .array(let elements)):
            return Set(elements.map { $0.serialized() }).count == elements.count ? nil : "has equal elements"
        case (.minimumLength(let count), .string(let text)):
            return text.unicodeScalars.count >= count ? nil : "has fewer than \(count) characters"
        case (.maximumLength(let count), .string(let text)):
            return text.unicodeScalars.count <= count ? nil : "has more than \(count) characters"
        case (.pattern(let pattern), .string(let text)):
            // Compiled when the document was read, so it compiles now. `Regex` cannot be kept, as it is not Sendable.
            let isMatch = (try? Regex(pattern).firstMatch(in: text)) != nil
            return isMatch ? nil : "is \(value.serialized()), which the pattern does not match"
        case (.format(let format), .string(let text)):
            return isWellFormed(text, as: format) ? nil : "is \(value.serialized()), not a \(format.rawValue)"
        case (.minimum(let bound), .number(let number)):
            return number.double >= bound ? nil : "is \(number.literal), less than \(bound)"
        case (.maximum(let bound), .number(let number)):
            return number.double <= bound ? nil : "is \(number.literal), more than \(bound)"
        case (.nothing, _): return "is not allowed"
        default: return nil
        }
    }

    private static func isOf(_ type: JSONSchema.ValueType, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case (.null, .null), (.boolean, .boolean), (.object, .object), (.array, .array), (.string, .string),
            (.number, .number):
            true
        case (.integer, .number(let number)): number.integer != nil
        default: false
        }
    }

    /// Whether a scalar of the document is a value: strings by code points, numbers by what they are worth.
    private static func areEqual(_ scalar: JSONValue, _ value: JSONValue) -> Bool {
        switch (scalar, value) {
        case (.string(let first), .string(let second)): first.utf8.elementsEqual(second.utf8)
        case (.number(let first), .number(let second)): first.integer == second.integer
        default: scalar == value
        }
    }

    private static func isWellFormed(_ text: String, as format: JSONSchema.Format) -> Bool {
        switch format {
        case .dateTime:
            let date = /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/
            return text.wholeMatch(of: /(?<date>.{10})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z/)
                .map { $0.date.wholeMatch(of: date) != nil } ?? false
        case .uriReference:
            let others = "-._~:/?#[]@!$&'()*+,;=%".utf8
            return text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || others.contains(byte)
            }
        case .password, .binary: return true
        }
    }

    private static func pointer(to name: String, in pointer: String) -> String {
        "\(pointer)/\(JSONPointer.escaped(name))"
    }
}
