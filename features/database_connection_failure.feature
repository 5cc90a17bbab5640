Feature: The ERP comes back when it loses its primary database

  Orders are written to one primary. Without it nobody can order, which has to be
  noticed at once; when it is back, every order that was acknowledged is there. As
  soon as it answers a backup is made, to roll back to: it is one once it was restored.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @P1 @database-connection-failure
  @smoke
  Scenario: The primary dies
    When the "postgres" service suffers a sudden death
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And service is restored within 15 minutes
    And once repaired, the replica streams with a lag of at most 1 second
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the emergency backup agrees with the acknowledged orders
    And the incident record is complete

  @P1 @database-connection-failure
  Scenario Outline: The primary suffers <fault>
    When the "postgres" service suffers <fault>
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And service is restored within 15 minutes
    And once repaired, the replica streams with a lag of at most 1 second
    And no acknowledged order is lost
    And no order is stored twice
    And the emergency backup agrees with the acknowledged orders
    And the incident record is complete

    Examples:
      | fault                |
      | an orderly stop      |
      | a kill by the engine |
      | a freeze             |

  @P1 @database-connection-failure @no-response
  Scenario: The primary dies, and people do what the runbook says, as it is written
    No procedure is carried out: what is tried is the text itself. A question to the database that
    is gone cannot be answered, and every other line has to work.

    When the "postgres" service suffers a sudden death
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And the runbook is followed as written
    And at most 1 line of the runbook does not work as written
    And somebody responds within the limit of its severity
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And the incident record is complete

  @P1 @database-connection-failure
  Scenario: The application is cut off from the primary
    The runbook restarts the primary, and a container that starts has a network of its own anew.

    When the "postgres" service suffers a partition from "app"
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the emergency backup agrees with the acknowledged orders
    And the incident record is complete

  @P1 @database-connection-failure
  Scenario: The primary is lost with its machine
    It does not come up again, so the read replica takes its place. What that had not received is
    lost, a second's orders at most. When the machine is back, the old primary follows the new one.

    When the "postgres" service suffers a loss of its machine
    Then the incident is detected by the "DatabaseDown" alert within 1 minute
    And service is restored within 15 minutes
    And once repaired, the replica streams with a lag of at most 1 second
    And the replica has every acknowledged order
    And only the last 1 second of acknowledged orders is lost
    And no acknowledged order is altered
    And no order is stored twice
    And the incident record is complete

  @P2 @database-connections-exhausted
  Scenario: Somebody leaks connections until none is left
    Customers do not notice: who is connected goes on. Whoever had to connect anew could not.

    When the "postgres" service suffers a leak of "erp" connections to its "sme_erp" database
    Then the incident is detected by the "ConnectionsRunningOut" alert within 1 minute
    And at least 99 % of "orders" succeed in time
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete
