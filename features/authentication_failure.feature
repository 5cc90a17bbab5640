@P1 @authentication-failure
Feature: Customers are let in again when an instance knows another secret

  An instance that was restarted with another signing secret refuses tokens that its
  neighbour gave out. Customers with every right meet closed doors, by turns.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And intruders without a token, with a forged one and with an expired one each ask 2 times a second
    And the ERP is in steady state

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
