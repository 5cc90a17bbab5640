@P1 @database-connection-failure
Feature: The runbook for a dead database works as it is written

  Scenario: The primary dies
    Given the ERP is in steady state
    When the "postgres" service suffers a sudden death
    And the runbook is followed as written
    Then service is restored within 15 minutes
