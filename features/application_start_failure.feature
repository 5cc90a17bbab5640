@P2 @application-start-failure
Feature: Customers are served while an application instance does not start

  One of two instances is gone. The other one has to carry its load, somebody has to be
  told, and the one that is gone has to be back before the next one goes.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: An application instance dies
    When one "app" instance suffers a sudden death
    Then the incident is detected by the "InstanceDown" alert within 5 minutes
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And at least 95 % of "orders" succeed in time
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the incident record is complete
