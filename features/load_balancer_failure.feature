@P1 @load-balancer-down
Feature: Customers are served again when the load balancer is gone

  Everything goes through one nginx. While it is away nobody is served, though the
  application is well; it has to be noticed at once, and no order may be lost.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: The load balancer dies
    When the "nginx" service suffers a sudden death
    Then the incident is detected by the "LoadBalancerDown" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the incident record is complete
