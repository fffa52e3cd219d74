// validate.js SCHEMA FILE...: by ajv. SCHEMA is a file, or "sarif" for the schema of SARIF 2.1.0 that a package brings.
const fs = require('fs');
const path = require('path');
const addFormats = require('ajv-formats');

function parse(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function compiled(name) {
  // SARIF's own schema has a pattern that is none with Unicode's rules.
  const options = { strict: name !== 'sarif', unicodeRegExp: name !== 'sarif', allErrors: true };
  const Ajv = require(name === 'sarif' ? 'ajv-draft-04' : 'ajv/dist/2020').default;
  const ajv = new Ajv(options);
  addFormats(ajv);
  const sarif = path.join('lib', 'schemas', 'sarif-2.1.0-rtm.5.json');
  return ajv.compile(
    parse(name === 'sarif' ? path.join(path.dirname(require.resolve('@microsoft/jest-sarif/package.json')), sarif) : name));
}

const [schema, ...files] = process.argv.slice(2);
const validate = compiled(schema);
for (const file of files) {
  if (validate(parse(file))) continue;
  console.error(`${file}: ${JSON.stringify(validate.errors.slice(0, 5), null, 1)}`);
  process.exitCode = 1;
}
if (files.length === 0) process.exitCode = 2;
