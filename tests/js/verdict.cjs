// A small stand-in for the Hub's validator: cards (JSON strings, one a line) in, verdicts out.
// Written from what is known of the Hub, with the libraries whose words its messages have; it knows
// nothing of cardkit. Arguments: folder of node_modules, file of lists {licenses, languages, tasks}.
'use strict'

const fs = require('fs')
const path = require('path')
const readline = require('readline')
const modules = path.join(path.resolve(process.argv[2]), 'node_modules')
const yaml = require(path.join(modules, 'js-yaml'))
const Joi = require(path.join(modules, 'joi'))
const lists = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'))

const BLOCK = /^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))/
const ID = /^(?:[A-Za-z0-9_][\w.-]{0,95}\/)?[A-Za-z0-9_][\w.-]{0,95}$/
const languages = new Set(lists.languages)
const tasks = new Set(lists.tasks)

const isId = (text) => ID.test(text) && !/--|\.\./.test(text) && !/\.git$/.test(text) &&
  text.split('/').every((part) => !/[-.]$/.test(part))

// Whether the Hub takes empty text is not known, and cardkit only advises against it.
const text = () => Joi.string().allow('')
const id = (tail) => Joi.string().custom((value, helpers) => {
  if (isId(value)) return value
  return helpers.message({ custom: `{#label} with value "${value}" is not valid.${tail}` })
})
const language = Joi.string().custom((value, helpers) => {
  if (languages.has(value)) return value
  return helpers.message({
    custom: `{#label} with value "${value}" is not valid. It must be an ISO 639-1, 639-2 or 639-3 ` +
      'code (two/three letters), or a special value like "code", "multilingual". If you want to ' +
      'use BCP-47 identifiers, you can specify them in language_bcp47.'
  })
})
const oneOrMore = (item) => Joi.alternatives().conditional(Joi.array(), {
  then: Joi.array().items(item), otherwise: item
})
const mapping = (keys) => Joi.object(keys).unknown()
const kinds = ['text', 'checkbox', 'date_picker', 'country', 'ip_location']
const license = Joi.string().valid(...lists.licenses)
const model = ' Use a model id from https://hf.co/models.'

const result = mapping({
  task: mapping({ type: text().required(), name: text() }).required(),
  dataset: mapping({
    type: text().required(), name: text().required(), config: text(), split: text(),
    revision: text(), args: Joi.alternatives().try(text(), mapping({}))
  }),
  metrics: Joi.array().items(mapping({
    type: text().required(), value: Joi.any().required(), name: text(), config: text(),
    args: Joi.alternatives().try(text(), mapping({})), verified: Joi.boolean(), verifyToken: text()
  })).required(),
  source: mapping({ url: text().required(), name: text() })
})

const schema = mapping({
  license: Joi.alternatives().try(license, Joi.array().items(license)),
  license_link: Joi.alternatives().try(Joi.valid('LICENSE', 'LICENSE.md'), Joi.string().uri()),
  license_details: text(),
  language: oneOrMore(language),
  language_bcp47: Joi.array().items(text()),
  language_details: text(),
  pipeline_tag: text(),
  tags: Joi.array().items(text()),
  datasets: oneOrMore(id('')),
  base_model: oneOrMore(id(model)),
  base_model_relation: Joi.valid('adapter', 'merge', 'quantized', 'finetune'),
  new_version: id(model),
  'model-index': Joi.array().items(mapping({
    name: text().required(), results: Joi.array().items(result).required()
  })),
  widget: Joi.array().items(mapping({})),
  inference: Joi.alternatives().try(Joi.boolean(), mapping({ parameters: mapping({}) })),
  co2_eq_emissions: Joi.alternatives().try(Joi.number(), mapping({
    emissions: Joi.number().required(), source: text(), training_type: text(),
    geographical_location: text(), hardware_used: text()
  })),
  thumbnail: text().allow(null),
  description: text().allow(null),
  instance_prompt: text().allow(null),
  mask_token: text(),
  extra_gated_prompt: text(),
  extra_gated_heading: text(),
  extra_gated_description: text(),
  extra_gated_button_content: text(),
  extra_gated_fields: Joi.object().pattern(Joi.string(), Joi.alternatives().conditional(Joi.string(), {
    then: Joi.valid(...kinds),
    otherwise: mapping({ type: Joi.valid(...kinds, 'select').required(), options: Joi.array() })
  }))
})

const answer = (status, errors) => ({ status, errors })
const error = (message, field = '') => answer('error', [{ message, field }])

// Joi names a path as the messages do: keys joined by dots, indexes in brackets.
const label = (parts) => parts.reduce(
  (all, part) => typeof part === 'number' ? `${all}[${part}]` : all ? `${all}.${part}` : String(part), '')

function check (content) {
  const missing = answer('warning', [{ message: 'empty or missing yaml metadata in repo card', field: '' }])
  const block = BLOCK.exec(content.replace(/^\ufeff/, ''))
  if (!block) return missing
  let value
  try {
    value = yaml.load(block[2])
  } catch (problem) {
    const mark = problem.mark
    const place = mark ? ` (${mark.line + 1}:${mark.column + 1})` : ''
    return error(`Invalid YAML in README.md: ${problem.reason || problem.message}${place}`)
  }
  if (value === null || typeof value !== 'object') return error('The YAML metadata of your README.md is invalid.')
  const found = schema.validate(value, { abortEarly: false, errors: { label: 'path' } })
  if (found.error) {
    return answer('error', found.error.details.map(
      (detail) => ({ message: detail.message, field: label(detail.path) })))
  }
  const task = value.pipeline_tag
  if (task !== undefined && !tasks.has(task)) {
    return answer('warning', [{
      message: `The pipeline tag "${task}" is not in the official list: ${lists.tasks.join(', ')}`,
      field: 'pipeline_tag'
    }])
  }
  return answer('ok', [])
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  process.stdout.write(JSON.stringify(check(JSON.parse(line))) + '\n')
})
