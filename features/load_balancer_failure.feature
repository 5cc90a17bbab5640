Feature: Customers are served again when the load balancer fails

  Everything goes through one nginx. While it is away, or sends everybody astray, nobody is
  served, though the application is well and answers whoever asks it directly. It has to be
  noticed at once, no order may be lost, and no configuration is applied before its own check.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And somebody reads from an app instance directly 10 times a second
    And the ERP is in steady state

  @P1 @load-balancer-down
  @smoke
  Scenario: The load balancer dies
    When the "nginx" service suffers a sudden death
    Then the incident is detected by the "LoadBalancerDown" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And at least 95 % of "direct-reads" succeed in time
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the incident record is complete

  @P1 @load-balancer-down
  Scenario: The load balancer is stopped, and those who must know of it do
    Somebody is at work in the time that the severity leaves, and stakeholders hear of it at once.

    When the "nginx" service stops
    Then the team is notified within 10 seconds
    And somebody responds within the limit of its severity
    And service is restored within 15 minutes
    And the incident record is complete

  @P1 @load-balancer-astray
  Scenario: The load balancer sends everybody to the wrong place
    When the "nginx" service suffers an upstream at the wrong port
    Then the incident is detected by the "CustomersCutOff" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And at least 95 % of "direct-reads" succeed in time
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete

  @P1 @load-balancer-certificate
  Scenario: The load balancer's certificate has ended
    Whoever checks it turns away; who comes without TLS is served. The one that was kept is put back.

    When the "nginx" service suffers the expired certificate "/etc/nginx/tls/expired.crt" at port 8443
    Then the incident is detected by the "CertificateExpires" alert within 1 minute
    And the alert is taken back within 15 minutes
    And at least 95 % of "reads" succeed in time
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete

  @P2 @load-balancer-misconfigured
  Scenario: A wrong configuration is not applied
    Its own check refuses it, so customers notice nothing; but it would not come up again.

    When the "nginx" service suffers a configuration that its check refuses
    Then the "nginx" service is reported unhealthy within 1 minute
    And at least 95 % of "reads" succeed in time
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete
