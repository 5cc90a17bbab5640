@P2 @network-failure
Feature: The ERP survives a network that does not carry everything

  One instance does not reach the primary any more, the other one does. What it cannot
  do must not be lost, and nobody may be told that it was done.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: An application instance is cut off from the primary
    When one "app" instance suffers a partition from "postgres"
    Then the incident is detected by the "InstanceCutOff" alert within 5 minutes
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And no order is stored twice
    And the incident record is complete

  Scenario Outline: An application instance suffers <fault>
    When one "app" instance suffers <fault>
    Then the incident is detected by the "InstanceCutOff" alert within 5 minutes
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

    Examples:
      | fault                                  |
      | a one-way partition from "postgres"    |
      | refused connections to "postgres"      |
      | packet loss of 80 % towards "postgres" |
