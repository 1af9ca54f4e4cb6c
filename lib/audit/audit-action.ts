/**
 * What operators, and the system in their stead, can do, with the words for it: one line per action. The part before the
 * dot is the kind of thing that is acted on.
 */
export const operatorActions = {
  'account.set_region': 'Set an account’s region',
  'api_key.create': 'Created an API key',
  'api_key.revoke': 'Revoked an API key',
  'audit.export': 'Exported the audit log',
  'audit.hold': 'Placed a legal hold',
  'audit.purge': 'Purged audit entries past their retention',
  'audit.release_hold': 'Released a legal hold',
  'audit.verify': 'Had the audit log verified',
  'capacity.apply': 'Changed a capacity',
  'capacity.dismiss': 'Dismissed a recommended capacity',
  'deployment.close': 'Closed the breakers of a deployment',
  'deployment.drain': 'Drained a deployment',
  'deployment.isolate': 'Isolated a deployment',
  'deployment.release': 'Released a deployment',
  'deployment.test': 'Made a test call',
  'deployment.undrain': 'Ended the draining of a deployment',
  'invite.accept': 'Accepted an invitation',
  'invite.create': 'Invited somebody',
  'price.add': 'Set a price',
  'price.withdraw': 'Withdrew a price',
  'region.fail_back': 'Failed a region back',
  'region.fail_over': 'Failed a region over',
  'region.freeze': 'Froze a region',
  'region.unfreeze': 'Unfroze a region',
  'settings.update': 'Changed the settings',
  'simulator.clear_fault': 'Ended a simulated fault',
  'simulator.script_fault': 'Scripted a simulated fault',
  'subject.erase': 'Erased a person from the audit log',
  'user.change_password': 'Changed their password',
  'user.create': 'Created a user',
  'user.sign_in': 'Signed in',
  'user.sign_out': 'Signed out',
  'user.update': 'Changed a user',
} as const

export type OperatorAction = keyof typeof operatorActions
