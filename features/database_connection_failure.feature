@P1 @database-connection-failure
Feature: The ERP comes back when it loses its primary database

  Orders are written to one primary. Without it nobody can order, which has to be
  noticed at once; when it is back, every order that was acknowledged is there. As
  soon as it answers a backup is made, to roll back to: it is one once it was restored.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

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
