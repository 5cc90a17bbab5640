Feature: Customers are let in again, and nobody else ever is

  An instance that was restarted with another signing secret refuses tokens that its neighbour
  gave out; one that gives out tokens for a second sends everybody away again; a customer whose
  account was switched off does not get in at all; and where the database has another password
  than the application, nobody does. Customers with every right meet closed doors
  while the ERP says that it is well. They are let in again, and whatever is done about it, nobody
  without right gets in meanwhile.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And customers sign in 2 times a second
    And intruders without a token, with a forged one and with an expired one each ask 2 times a second
    And the ERP is in steady state

  @P1 @authentication-failure
  @smoke
  Scenario: One instance has another signing secret
    When one "app" instance suffers a rotated "JWT_SECRET"
    Then the incident is detected by the "AuthenticationFailing" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And no request without right ever succeeds
    And the incident record is complete

  @P1 @authentication-failure
  Scenario Outline: Customers cannot sign in: <who> suffers <fault>
    When <who> suffers <fault>
    Then the incident is detected by the "SignInFailing" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no request without right ever succeeds
    And the incident record is complete

    Examples:
      | who                    | fault                                                                                 |
      | one "app" instance     | a token lifetime of 1 second                                                          |
      | the "postgres" service | a turned "is_active" of "users" where "username" is "drill" in its "sme_erp" database |

  @P1 @database-password-rotated
  Scenario: The database's password is rotated under the running application
    Its sessions are ended, too: while they went on nobody would notice.

    When the "postgres" service suffers another password of "erp", and the end of its sessions
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And every step of the procedure works
    And no acknowledged order is lost
    And no request without right ever succeeds
    And the incident record is complete
